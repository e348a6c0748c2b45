// Package benchmarks measures what the library promises about speed, each beside what it is compared with, in one run:
//
//	make bench
//	make bench BENCH=SideBySide BENCHTIME=2s
//
// It is a module of its own, so that what the comparisons need is not a dependency of the library.
package benchmarks
