// Package benchmarks measures what the library promises about speed, memory and runs beside what it is compared with, in
// one run:
//
//	make bench                                   the table of docs/benchmarks.md, and its gates
//	make bench WRITE=1                           and put it there
//	make bench BENCH=SideBySide BENCHTIME=2s     single Go benchmarks, by a regular expression
//
// The table is made by the program in cmd/table, which has e2e/cmd/browserbench measure what needs a browser. It takes four
// to five minutes on a machine with nothing else to do, and ends with status 1 if a gate is missed. The tests of this module measure the same rows at a small scale, and look at
// counts, never at times.
//
// It is a module of its own, so that what the comparisons need is not a dependency of the library.
package benchmarks
