/* A program that knows its own stack. Every function of ours notes on entry who it is and its return address in a list that lies in
   the frame of the thread's first function, and takes it off before it returns; a signal handler notes the address that it interrupted.
   A sample whose dump reaches up to there brings the truth along: bench/true-stack.ts compares it with what is unwound.
   The notes are made inline, so that leaf functions stay leaves. For as many seconds as the first argument says.
   Recorded by bench/record-true-stack.sh. */
#define _GNU_SOURCE
#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

typedef uint64_t word;

#define ENTRIES 96
/* What a note says in the place of a function: here a signal came, at the address that follows. */
#define SIGNALLED 1

/* The list. It is found in a dump by its two first words, the second of which is its own address. */
struct truth {
  volatile word magic, self;
  volatile word depth;
  /* Not zero while frames are thrown away faster than notes (longjmp). */
  volatile word in_transit;
  volatile struct { word function, return_address; } notes[ENTRIES];
};
#define MAGIC 0x7e57c0de5eed1157u

static __thread struct truth *truth;
static volatile word sink;

#if defined(__clang__)
#define FUNCTION __attribute__((noinline))
#else
#define FUNCTION __attribute__((noipa))
#endif
#define RETURN_ADDRESS ((word)__builtin_return_address(0))
#define ENTER(name)                                  \
  do {                                               \
    struct truth *t_ = truth;                        \
    word d_ = t_->depth;                             \
    t_->notes[d_].function = (word)&name;            \
    t_->notes[d_].return_address = RETURN_ADDRESS;   \
    t_->depth = d_ + 1;                              \
  } while (0)
#define LEAVE() (truth->depth = truth->depth - 1)

FUNCTION word leaf(word x) {
  ENTER(leaf);
  /* In the red zone below the stack pointer. */
  volatile word scratch[8];
  for (int i = 0; i < 8; i++) scratch[i] = x + i;
  for (int i = 0; i < 40; i++) scratch[i & 7] = scratch[(i + 3) & 7] * 3 + i;
  word result = scratch[x & 7];
  LEAVE();
  return result;
}

FUNCTION word small(word x) {
  ENTER(small);
  word result = x * 3 + 1;
  LEAVE();
  return result;
}

/* Six arguments in registers and seven on the stack. */
FUNCTION word many(word a, word b, word c, word d, word e, word f, word g, word h, word i, word j, word k, word l, word m) {
  ENTER(many);
  word result = leaf(a + m) + b * c + d * e + small(f ^ g) + h + i + j * k + l;
  LEAVE();
  return result;
}

struct large { word w[24]; };
FUNCTION struct large by_value(struct large x, word n) {
  ENTER(by_value);
  struct large y;
  for (int i = 0; i < 24; i++) y.w[i] = x.w[i] * 3 + small(n + i);
  LEAVE();
  return y;
}

/* All callee-saved registers are live over the calls. */
FUNCTION word busy_registers(word x) {
  ENTER(busy_registers);
  word a = x, b = x * 3, c = x ^ 5, d = x + 7, e = x * 11, f = ~x, g = x >> 3;
  for (int i = 0; i < 6; i++) {
    a += small(b); b ^= small(c); c += small(d); d ^= small(e); e += small(f); f ^= small(g); g += small(a);
  }
  word result = many(a, b, c, d, e, f, g, a, b, c, d, e, f);
  LEAVE();
  return result;
}

FUNCTION word with_alloca(word n) {
  ENTER(with_alloca);
  unsigned char *bytes = alloca(16 + n % 700);
  memset(bytes, (int)n, 16 + n % 700);
  word result = leaf(bytes[n % 16]);
  LEAVE();
  return result;
}

FUNCTION word variable_array(word n) {
  ENTER(variable_array);
  word sum = 0;
  for (word round = 0; round < 3; round++) {
    volatile word array[8 + (n + round) % 60];
    for (word i = 0; i < 8 + (n + round) % 60; i++) array[i] = i * n;
    sum += array[n % 8] + small(n);
  }
  LEAVE();
  return sum;
}

typedef double vector __attribute__((vector_size(32)));
FUNCTION double use_vectors(vector *v, int n) {
  ENTER(use_vectors);
  double sum = 0;
  for (int i = 0; i < n; i++) sum += v[i][0] * v[i][3];
  LEAVE();
  return sum;
}

/* The stack pointer is aligned to 32 and 128 bytes: the caller's is found through another register or memory. */
FUNCTION word realigned(word n) {
  ENTER(realigned);
  vector v[4];
  for (int i = 0; i < 4; i++) v[i] = (vector){n, i, 3, n + i};
  double sum = use_vectors(v, 4);
  LEAVE();
  return (word)sum;
}

FUNCTION word realigned_far(word n, word a, word b, word c, word d, word e, word f, word on_stack) {
  ENTER(realigned_far);
  __attribute__((aligned(128))) vector v[4];
  volatile word array[4 + n % 30];
  for (int i = 0; i < 4; i++) v[i] = (vector){n, i, on_stack, a + b + c + d + e + f};
  for (word i = 0; i < 4 + n % 30; i++) array[i] = on_stack * i;
  word result = (word)use_vectors(v, 4) + array[n % 4] + leaf(on_stack);
  LEAVE();
  return result;
}

FUNCTION __attribute__((cold)) word rare(word x) {
  ENTER(rare);
  word result = leaf(x) + leaf(x + 1);
  LEAVE();
  return result;
}

/* Early returns before anything is saved, and a part that is moved away. */
FUNCTION word wrapped(word x) {
  ENTER(wrapped);
  if ((x & 3) == 0) {
    LEAVE();
    return 3;
  }
  if (__builtin_expect(x % 97 == 0, 0)) {
    word result = rare(x) + rare(x * 2);
    LEAVE();
    return result;
  }
  word a = leaf(x), b = leaf(a);
  word result = a + b + (b % 5 == 0 ? variable_array(b) : small(b));
  LEAVE();
  return result;
}

/* Calls in the last place: what is called takes the caller's place on the stack. */
FUNCTION word tail_callee(word x) {
  ENTER(tail_callee);
  word result = leaf(x) + small(x);
  LEAVE();
  return result;
}
FUNCTION word tail_caller(word x) {
  ENTER(tail_caller);
  word y = small(x) + leaf(x + 2);
  LEAVE();
  __attribute__((musttail)) return tail_callee(y);
}

FUNCTION word odd(word n, word x);
FUNCTION word even(word n, word x) {
  ENTER(even);
  word result = n == 0 ? leaf(x) : odd(n - 1, x + 1) + 1;
  LEAVE();
  return result;
}
FUNCTION word odd(word n, word x) {
  ENTER(odd);
  word result = n == 0 ? leaf(x) : even(n - 1, x * 3) ^ n;
  LEAVE();
  return result;
}

/* Called by libc, and calling it through the procedure linkage table. */
FUNCTION int by_size(const void *a, const void *b) {
  ENTER(by_size);
  word x = *(const word *)a, y = *(const word *)b;
  LEAVE();
  return x < y ? -1 : x > y;
}
FUNCTION word sorting(word n) {
  ENTER(sorting);
  word list[40];
  for (int i = 0; i < 40; i++) list[i] = (n * 2654435761u + i * 40503) % 1009;
  qsort(list, 40, sizeof *list, by_size);
  word result = list[n % 40];
  LEAVE();
  return result;
}
FUNCTION word library(word n) {
  ENTER(library);
  char text[64];
  snprintf(text, sizeof text, "%lu %g", (unsigned long)n, n / 3.0);
  word result = strtoul(text, NULL, 10) + strlen(text) + (word)strchr(text, ' ') + (word)rand_r((unsigned *)text);
  LEAVE();
  return result;
}
/* The shortest way into libc and back: the linkage table itself gets its share of the samples. */
extern int ffs(int);
extern long labs(long);
FUNCTION word linkage(word n) {
  ENTER(linkage);
  int (*volatile first)(int) = ffs;
  word result = first((int)n);
  for (int i = 0; i < 30; i++) result += (word)rand_r((unsigned[]){(unsigned)n + i});
  LEAVE();
  return result;
}

/* Written by hand: rbx, r12 and memory say where the frame is. */
word by_rbx(word (*function)(word), word x);
word by_r12(word (*function)(word), word x);
word by_memory(word (*function)(word), word x);
word moved(word (*function)(word), word x);
__asm__(".text\n"
        ".globl by_rbx\n.type by_rbx,@function\nby_rbx:\n.cfi_startproc\n"
        "pushq %rbx\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset %rbx, 0\n"
        "movq %rsp, %rbx\n.cfi_def_cfa_register %rbx\n"
        "subq $200, %rsp\nandq $-64, %rsp\nmovq %rdi, %rax\nmovq %rsi, %rdi\ncall *%rax\n"
        "movq %rbx, %rsp\n.cfi_def_cfa_register %rsp\npopq %rbx\n.cfi_adjust_cfa_offset -8\n.cfi_restore %rbx\nret\n.cfi_endproc\n.size by_rbx,.-by_rbx\n"
        ".globl by_r12\n.type by_r12,@function\nby_r12:\n.cfi_startproc\n"
        "pushq %r12\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset %r12, 0\nleaq 16(%rsp), %r12\n.cfi_def_cfa %r12, 0\n"
        "pushq %r13\npushq %r14\n.cfi_offset %r13, -24\n.cfi_offset %r14, -32\nmovq %rdi, %r13\nmovq %rsi, %r14\nsubq $136, %rsp\nandq $-32, %rsp\n"
        "movq %r14, %rdi\ncall *%r13\n"
        "leaq -32(%r12), %rsp\npopq %r14\npopq %r13\n.cfi_def_cfa %rsp, 16\n.cfi_restore %r13\n.cfi_restore %r14\n"
        "popq %r12\n.cfi_adjust_cfa_offset -8\n.cfi_restore %r12\nret\n.cfi_endproc\n.size by_r12,.-by_r12\n"
        /* As OpenSSL does: the stack pointer lies in the frame, and the CFA is *(rsp + 64) + 8. */
        ".globl by_memory\n.type by_memory,@function\nby_memory:\n.cfi_startproc\n"
        "movq %rsp, %rax\n.cfi_def_cfa_register %rax\nsubq $120, %rsp\nandq $-64, %rsp\nmovq %rax, 64(%rsp)\n"
        ".cfi_escape 0x0f, 0x06, 0x77, 0xc0, 0x00, 0x06, 0x23, 0x08\n"
        "movq %rdi, %rax\nmovq %rsi, %rdi\ncall *%rax\n"
        "movq 64(%rsp), %rcx\n.cfi_def_cfa %rcx, 8\nmovq %rcx, %rsp\n.cfi_def_cfa_register %rsp\nret\n.cfi_endproc\n.size by_memory,.-by_memory\n"
        /* The return address is kept in r15 and the stack pointer's place in rbp's. */
        ".globl moved\n.type moved,@function\nmoved:\n.cfi_startproc\n"
        "pushq %r15\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset %r15, 0\nmovq 8(%rsp), %r15\n.cfi_register %rip, %r15\n"
        "movq $0, 8(%rsp)\nmovq %rdi, %rax\nmovq %rsi, %rdi\nsubq $16, %rsp\n.cfi_adjust_cfa_offset 16\ncall *%rax\naddq $16, %rsp\n.cfi_adjust_cfa_offset -16\n"
        "movq %r15, 8(%rsp)\n.cfi_offset %rip, -8\npopq %r15\n.cfi_adjust_cfa_offset -8\n.cfi_restore %r15\nret\n.cfi_endproc\n.size moved,.-moved\n");

FUNCTION word by_hand(word n) {
  ENTER(by_hand);
  word result = by_rbx(busy_registers, n) + by_r12(with_alloca, n) + by_memory(wrapped, n) + by_rbx(small, n) + moved(leaf, n) + moved(wrapped, n + 1);
  LEAVE();
  return result;
}

/* Never comes back: the call is the caller's last instruction. */
static __thread jmp_buf back;
FUNCTION __attribute__((noreturn)) void give_up(word x) {
  ENTER(give_up);
  sink = leaf(x) + leaf(x + 1);
  truth->in_transit = 1;
  longjmp(back, 1);
}
FUNCTION __attribute__((noreturn)) void fail(word x) {
  ENTER(fail);
  char text[80];
  snprintf(text, sizeof text, "%lu", (unsigned long)x);
  give_up(strtoul(text, NULL, 10));
}
FUNCTION word check(word x) {
  ENTER(check);
  if (leaf(x) != 0 && x % 2 != 2) fail(x);
  LEAVE();
  return 0;
}
FUNCTION word attempts(word x) {
  ENTER(attempts);
  volatile word depth = truth->depth;
  if (setjmp(back) == 0) sink = check(x);
  else {
    truth->depth = depth;
    truth->in_transit = 0;
  }
  LEAVE();
  return x;
}

FUNCTION word all(word n) {
  ENTER(all);
  struct large x = {{n, n + 1}};
  x = by_value(x, n);
  word sum = x.w[n % 24] + busy_registers(n) + with_alloca(n) + variable_array(n) + realigned(n) + wrapped(n) + wrapped(97 * (4 * n + 1));
  sum += realigned_far(n, 1, 2, 3, 4, 5, 6, n) + tail_caller(n) + even(n % 20, n) + sorting(n) + library(n) + linkage(n) + by_hand(n) + attempts(n);
  LEAVE();
  return sum;
}

/* The frame that was interrupted may be about to make a note: its place is given back as it was. */
static void handler(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)info;
  struct truth *t = truth;
  if (t == NULL) return;
  word depth = t->depth;
  word function = t->notes[depth].function, return_address = t->notes[depth].return_address;
  t->notes[depth].function = SIGNALLED;
  t->notes[depth].return_address = (word)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  t->notes[depth + 1].function = (word)&handler;
  t->notes[depth + 1].return_address = RETURN_ADDRESS;
  t->depth = depth + 2;
  for (word i = 0; i < 20; i++) sink = with_alloca(depth + i) + leaf(i) + realigned(depth) + by_rbx(wrapped, i) + sorting(i);
  t->depth = depth;
  t->notes[depth].function = function;
  t->notes[depth].return_address = return_address;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds;

/* The truth lies in the frame of the thread's first function, above everything else of ours. */
static FUNCTION void *run(void *argument) {
  struct truth mine;
  memset(&mine, 0, sizeof mine);
  mine.self = (word)&mine;
  mine.notes[0].function = (word)&run;
  mine.notes[0].return_address = RETURN_ADDRESS;
  mine.depth = 1;
  truth = &mine;
  mine.magic = MAGIC;
  double end = now() + seconds;
  for (word n = 1; now() < end; n++) sink = all(n);
  mine.magic = 0;
  truth = NULL;
  return argument;
}

int main(int count, char **arguments) {
  seconds = count > 1 ? atof(arguments[1]) : 1;
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval every = {{0, 300}, {0, 300}};
  setitimer(ITIMER_REAL, &every, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, run, NULL);
  run(NULL);
  pthread_join(thread, NULL);
  every.it_interval.tv_usec = every.it_value.tv_usec = 0;
  setitimer(ITIMER_REAL, &every, NULL);
  return 0;
}
