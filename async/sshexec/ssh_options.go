package sshexec

import "strconv"

// fixedOptions override ssh's configuration: of several values ssh takes the first, and the
// command line comes first. Not overridden are ProxyJump, ProxyCommand, HostName, User, Port,
// IdentityFile, HostKeyAlias, KnownHostsCommand, algorithms and the like: how a host is reached
// is the configuration's to say.
var fixedOptions = []string{
	// Nobody is there to answer; and no terminal (-T), no input (-n).
	"BatchMode=yes",
	"StrictHostKeyChecking=yes",

	// One attempt, and a dead peer is noticed (measured: after 15.5 s, for a Timeout that is
	// longer). The default is to wait for ever.
	"ConnectionAttempts=1",
	"ServerAliveInterval=5",
	"ServerAliveCountMax=2",

	// Nothing of this machine is lent to the far one.
	"ClearAllForwardings=yes",
	"ForwardAgent=no",
	"ForwardX11=no",
	"GSSAPIDelegateCredentials=no",
	"Tunnel=no",

	// Nothing else is run here, and there nothing but argv: with a RemoteCommand in the
	// configuration ssh would refuse ours.
	"PermitLocalCommand=no",
	"RemoteCommand=none",

	// No shared connection. A ControlPersist master moves to a session of its own, outlives the
	// kill and holds standard error open; and a connection made by somebody else has none of
	// the options above. Runs pay a connection each for it.
	"ControlMaster=no",
	"ControlPath=none",

	// Files and agent are left as they are.
	"UpdateHostKeys=no",
	"AddKeysToAgent=no",

	// Standard error is the command's, without the server's banner and ssh's remarks. It costs
	// the reason of some failures during login, which OpenSSH logs as INFO (measured: no common
	// algorithm, connection closed, server silent); ExitError then says that there was none.
	"LogLevel=ERROR",
}

// recentOptions are of OpenSSH 8.7 (2021). ForkAfterAuthentication would put ssh into the
// background, out of the group; SessionType=none would run nothing and wait. An older ssh does
// not know them, from no file either, so leaving them out there loses nothing. IgnoreUnknown
// cannot be used for this: it would replace the user's own.
var recentOptions = []string{
	"ForkAfterAuthentication=no",
	"SessionType=default",
}

func (s SSH) options() []string {
	options := append([]string{"ConnectTimeout=" + strconv.Itoa(s.connectSeconds())}, fixedOptions...)
	if s.Identity != "" {
		options = append(options, "IdentitiesOnly=yes")
	}
	if s.KnownHosts != "" {
		options = append(options, `UserKnownHostsFile="`+s.KnownHosts+`"`)
	}
	return options
}
