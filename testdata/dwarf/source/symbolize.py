# symbolize.py FILE: what llvm-symbolizer says of every address of FILE's code, runs of equal answers in one line: FIRST-LAST
# (hexadecimal), then innermost first "function file:line", the outermost function's name left out.
import subprocess, sys

file = sys.argv[1]
addresses = []
for line in subprocess.run(['readelf', '-SW', file], capture_output=True, text=True).stdout.split('\n'):
    words = line.replace('[ ', '[').split()
    if len(words) > 7 and words[2] == 'PROGBITS' and 'AX' in line and not words[1].startswith('.plt'):
        start, size = int(words[3], 16), int(words[5], 16)
        addresses += range(start, start + size)
asked = ''.join(f'{a:#x}\n' for a in addresses)
text = subprocess.run(['llvm-symbolizer', '-e', file, '--functions=linkage', '--no-demangle'], input=asked, capture_output=True, text=True).stdout
blocks = [block.strip().split('\n') for block in text.strip().split('\n\n')]
blocks = [[line if i % 2 == 0 else line.rsplit(':', 1)[0] for i, line in enumerate(block)] for block in blocks]
assert len(blocks) == len(addresses), (len(blocks), len(addresses))
runs = []
for address, block in zip(addresses, blocks):
    frames = []
    for i in range(0, len(block), 2):
        place = block[i + 1].split('/')[-1].replace(':?', ':0')
        frames.append(place if i + 2 == len(block) else f'{block[i]} {place}')
    answer = ' < '.join(frames)
    if runs and runs[-1][1] == address - 1 and runs[-1][2] == answer:
        runs[-1][1] = address
    else:
        runs.append([address, address, answer])
for first, last, answer in runs:
    print(f'{first:x}-{last:x} {answer}')
