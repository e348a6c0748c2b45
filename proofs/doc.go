// Package proofs holds what shows that package async keeps its promises, through
// its public names alone, so that nothing has to be written again when its insides
// change.
//
//   - model: random sequences of everything that can be done with a fragment, under
//     a fake clock, each step compared with a plain sequential description of the
//     documentation.
//   - histories: real goroutines, whose operations are recorded with their times and
//     then checked: is there an order of them that keeps the promises?
//   - stress: very many goroutines, and very many functions that never return.
//
// All run in
//
//	make test
//
// and the models for much longer in
//
//	make soak
//
// It is a module of its own, so that what the proofs need is not a dependency of
// the library.
package proofs
