package firefox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// preferences keep Firefox to the pages of the test. What it would fetch for itself has names, not numbers: with names
// switched off none of it leaves the machine, whatever a later version adds. Firefox's remote control sets some hundred more.
func preferences(o Options) map[string]any {
	return map[string]any{
		"javascript.enabled":                         !o.NoScripts,
		"marionette.port":                            0, // a free one: Firefox writes it to portFile
		"network.dns.disabled":                       true,
		"network.proxy.type":                         0, // none
		"network.captive-portal-service.enabled":     false,
		"network.connectivity-service.enabled":       false,
		"services.settings.server":                   "data:,#remote-settings-dummy/v1",
		"datareporting.policy.dataSubmissionEnabled": false,
		"toolkit.telemetry.server":                   "",
		"app.update.disabledForTesting":              true,
		// An icon that is refused by the policy of the page would be told as the page's violation.
		"browser.chrome.site_icons": false,
		// Two documents must not have the same time origin: see Tab.Goto.
		"privacy.reduceTimerPrecision":           false,
		"browser.sessionstore.resume_from_crash": false,
		"browser.shell.checkDefaultBrowser":      false,
	}
}

// portFile is what Firefox writes its port to, in the profile.
const portFile = "MarionetteActivePort"

func writeProfile(folder string, o Options) error {
	var lines []string
	for name, value := range preferences(o) {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		lines = append(lines, fmt.Sprintf("user_pref(%q, %s);\n", name, text))
	}
	slices.Sort(lines)
	return os.WriteFile(filepath.Join(folder, "user.js"), []byte(strings.Join(lines, "")), 0o600)
}
