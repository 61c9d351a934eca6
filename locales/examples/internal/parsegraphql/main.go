// Command parsegraphql says why a file is neither a schema nor a query of GraphQL.
package main

import (
	"log"
	"os"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	source := &ast.Source{Name: os.Args[1], Input: string(text)}
	if _, schema := parser.ParseSchema(source); schema != nil {
		if _, query := parser.ParseQuery(source); query != nil {
			log.Fatalf("as a schema: %v; as a query: %v", schema, query)
		}
	}
}
