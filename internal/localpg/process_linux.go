package localpg

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func childAttributes(onDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: onDeath}
}

// occupants returns the PostgreSQL processes whose working directory lies in
// root, which must be free of symbolic links. A dead process that nobody has
// reaped has no working directory and is not among them.
func occupants(root string) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// Processes come and go, and those of others are closed to us.
		cwd, err := os.Readlink(filepath.Join("/proc", e.Name(), "cwd"))
		if err != nil || cwd != root && !strings.HasPrefix(cwd, root+"/") {
			continue
		}
		name, err := os.ReadFile(filepath.Join("/proc", e.Name(), "comm"))
		if err == nil && slices.Contains(programs, strings.TrimSpace(string(name))) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
