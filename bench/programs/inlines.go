// Go for bench/record-inlines.sh: small functions, sorting, maps and text. Argument: seconds.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"
)

func mix(x uint64) uint64 { x ^= x << 13; x ^= x >> 7; return x ^ (x << 17) }

func next(x uint64, n int) uint64 {
	for i := 0; i < n; i++ {
		x = mix(x + uint64(i))
	}
	return x
}

//go:noinline
func fill(values []uint64) {
	for i := range values {
		values[i] = next(uint64(i)*0x9e3779b97f4a7c15, 3)
	}
}

//go:noinline
func order(values []uint64) {
	sort.Slice(values, func(i, j int) bool { return mix(values[i]) < mix(values[j]) })
}

//go:noinline
func counted(values []uint64) map[uint64]int {
	counts := make(map[uint64]int)
	for _, value := range values {
		counts[mix(value)%977]++
	}
	return counts
}

//go:noinline
func words(values []uint64) string {
	var text strings.Builder
	for _, value := range values[:2000] {
		text.WriteString(strconv.FormatUint(mix(value), 16))
		text.WriteByte(' ')
	}
	return strings.ToUpper(strings.Join(strings.Fields(text.String()), ","))
}

func main() {
	seconds := 2
	if len(os.Args) > 1 {
		seconds, _ = strconv.Atoi(os.Args[1])
	}
	values := make([]uint64, 20000)
	sum := 0
	for begin := time.Now(); time.Since(begin) < time.Duration(seconds)*time.Second; {
		fill(values)
		order(values)
		sum += len(counted(values)) + len(words(values))
	}
	fmt.Println(sum)
}
