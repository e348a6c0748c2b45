module github.com/infill-go/infill/proofs

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/infill-go/infill v0.0.0
	pgregory.net/rapid v1.3.0
)

require (
	github.com/patrickmn/go-cache v2.1.0+incompatible // indirect
	golang.org/x/sync v0.24.0 // indirect
)

replace github.com/infill-go/infill => ../
