package processes

import (
	"slices"
	"testing"
)

func TestBusiest(t *testing.T) {
	for of, by := range map[string]func(a, b Process) int{"cpu": byCPU, "memory": byMemory} {
		all, err := Busiest(t.Context(), of)
		if err != nil || len(all) == 0 || len(all) > Shown || !slices.IsSortedFunc(all, by) {
			t.Errorf("%s: %v, %v", of, all, err)
		}
	}
	if _, err := Busiest(t.Context(), "luck"); err == nil {
		t.Error("an unknown order is not refused")
	}
}

func TestParse(t *testing.T) {
	all, err := parse("    1  0.0  0.1 init\n  42 99.5  1.2 Web Content\n")
	want := []Process{{1, 0, 0.1, "init"}, {42, 99.5, 1.2, "Web Content"}}
	if err != nil || !slices.Equal(all, want) {
		t.Errorf("%v, %v", all, err)
	}
	for _, bad := range []string{"1 0.0 0.1\n", "x 0 0 init\n", "1 x 0 init\n", "1 0 x init\n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q is not refused", bad)
		}
	}
}
