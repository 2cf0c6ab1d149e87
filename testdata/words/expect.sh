#!/bin/sh
# What perf prints for each line of commands.txt, run where make.sh was.
while IFS= read -r line; do
  printf '$ %s\n' "$line"
  eval "perf $line" 2>/dev/null </dev/null
done <commands.txt >expected.txt
