int one(int n) { return n + 1; } int two(int n) { return n + 2; } void *malloc(unsigned long n) { return 0; } void free(void *p) {} 
