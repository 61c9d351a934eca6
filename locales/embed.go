// Package locales holds all texts: the words of the interface, the roadmaps and the topics, one
// file per language. It holds no code that reads them.
package locales

import "embed"

// FS is the tree of texts: ui.<language>.yaml, choice.yaml, retired.yaml, ids.txt, roadmaps and topics.
//
//go:embed *.yaml ids.txt roadmaps topics
var FS embed.FS
