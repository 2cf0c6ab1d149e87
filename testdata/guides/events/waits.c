// Known waits: main naps three times for 100 ms, the reader waits for what main writes then, the worker computes for 150 ms, makes two
// tables of 1 MiB and 100 nodes of 48 bytes. gcc -O2 -g1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -o waits waits.c -pthread
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define FUNCTION __attribute__((noipa)) static

static int fds[2];

FUNCTION uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }

// Two functions for each wait: libc's keep no frame pointer, and the caller of such a function is missing in the chain.
FUNCTION int read_byte(void) { char byte; return read(fds[0], &byte, 1) == 1; }
FUNCTION void wait_for_pipe(void) { while (read_byte()); }
FUNCTION void sleep_for(long ns) { struct timespec t = {0, ns}; nanosleep(&t, 0); }
FUNCTION void nap(void) { sleep_for(100000000); }

FUNCTION unsigned compute(uint64_t ns) {
  unsigned x = 1;
  for (uint64_t end = now() + ns; now() < end;) for (int i = 0; i < 10000; i++) x = x * 1664525 + 1013904223;
  return x;
}

FUNCTION void *allocate(size_t size) { return malloc(size); }
FUNCTION void make_table(void) { char *table = allocate(1 << 20); memset(table, 1, 1 << 20); free(table); }
FUNCTION void make_nodes(void) { for (int i = 0; i < 100; i++) allocate(48); }

FUNCTION void *reader(void *unused) { wait_for_pipe(); return unused; }
FUNCTION void *worker(void *unused) { compute(150000000); make_table(); make_table(); make_nodes(); return unused; }

int main(void) {
  pthread_t r, w;
  if (pipe(fds) != 0) return 1;
  pthread_create(&r, 0, reader, 0);
  pthread_setname_np(r, "reader");
  pthread_create(&w, 0, worker, 0);
  pthread_setname_np(w, "worker");
  for (int i = 0; i < 3; i++) { nap(); if (write(fds[1], "x", 1) != 1) return 1; }
  close(fds[1]);
  pthread_join(r, 0);
  pthread_join(w, 0);
  return 0;
}
