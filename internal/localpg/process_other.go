//go:build unix && !linux

package localpg

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// childAttributes ignores the death signal, which only Linux has: after a kill
// -9 of this program the server runs on until the next start ends it.
func childAttributes(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{}
}

// occupants returns the PostgreSQL processes whose command line names root.
// Children of the server rename themselves and are not among them; they end
// with it.
func occupants(root string) ([]int, error) {
	listing, err := exec.Command("ps", "-axww", "-o", "pid=,command=").Output()
	if err != nil {
		return nil, fmt.Errorf("listing processes: %w", err)
	}
	var pids []int
	for line := range strings.Lines(string(listing)) {
		number, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		command = strings.TrimSpace(command)
		program, _, found := strings.Cut(command, " -D "+root+"/")
		if err == nil && found && slices.Contains(programs, filepath.Base(program)) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
