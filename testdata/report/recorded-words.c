// Recorded for testdata/report/recorded-words.data: two commands, memory that is touched page by page, and calls through frame pointers.
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void count(unsigned long times) {
  for (unsigned long i = 0; i < times; i++) sink += i * i;
}

__attribute__((noinline)) static void touch(char *memory, size_t pages) {
  for (size_t i = 0; i < pages; i++) memory[i * 4096] = 1;
}

__attribute__((noinline)) static void bake(void) {
  char *memory = malloc(24 * 4096);
  touch(memory, 24);
  count(9000000);
  free(memory);
}

__attribute__((noinline)) static void wash(void) { count(14000000); }

__attribute__((noinline)) static void kitchen(int rounds) {
  for (int i = 0; i < rounds; i++) {
    bake();
    wash();
  }
}

int main(void) {
  if (fork() == 0) {
    prctl(PR_SET_NAME, "helper 12");
    kitchen(1);
    _exit(0);
  }
  kitchen(2);
  wait(NULL);
  return 0;
}
