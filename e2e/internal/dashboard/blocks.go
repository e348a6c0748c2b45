package dashboard

import "fmt"

// AllBlocks is a JavaScript expression: how many blocks the page has.
const AllBlocks = `document.querySelectorAll("section.block").length`

// read is a JavaScript condition: the page has been read wholly and has blocks.
const read = `document.readyState === "complete" && ` + AllBlocks + ` > 0`

// Fresh is a JavaScript condition: every block shows a value, and none of them has grown old.
var Fresh = read + ` && ` + Blocks("value") + ` === ` + AllBlocks

// Filled is a JavaScript condition: every block shows a value. One that was there early may have grown old by the time
// the slowest is there, on a busy machine.
var Filled = read + ` && ` + Blocks("value") + ` + ` + Blocks("stale") + ` === ` + AllBlocks

// Blocks returns a JavaScript expression: how many blocks are in a state, such as default or value.
func Blocks(state string) string {
	return fmt.Sprintf(`document.querySelectorAll('section.block[data-state="%s"]').length`, state)
}
