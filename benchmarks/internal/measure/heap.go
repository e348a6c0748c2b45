package measure

import "runtime"

// Heap is what the program keeps alive.
type Heap struct{ Bytes, Objects int64 }

// LiveHeap collects the garbage and returns what is left. Two collections: the first only moves what lies in a sync.Pool
// to where the second finds it.
func LiveHeap() Heap {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Heap{Bytes: int64(m.HeapAlloc), Objects: int64(m.HeapObjects)}
}

// Since returns by how much the heap has grown from before to h. What was freed meanwhile by others can make it less than
// it is, never less than zero.
func (h Heap) Since(before Heap) Heap {
	return Heap{Bytes: max(0, h.Bytes-before.Bytes), Objects: max(0, h.Objects-before.Objects)}
}
