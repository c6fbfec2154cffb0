# Parts C code from comments. want=code: each line "file:line:text" without its comments;
# want=comments: each comment on one line, as "file:line:text", where it begins.
FNR == 1 {
    inside = 0
}
{
    rest = $0
    code = ""
    while (rest != "") {
        if (inside) {
            end = index(rest, "*/")
            text = text " " (end ? substr(rest, 1, end - 1) : rest)
            rest = end ? substr(rest, end + 2) : ""
            if (end) {
                inside = 0
                if (want == "comments") {
                    gsub(/ [ *]*/, " ", text)
                    print FILENAME ":" begun ":" text
                }
            }
        } else if (match(rest, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/\*|\/\//)) {
            token = substr(rest, RSTART, 2)
            is_comment = token == "/*" || token == "//"
            code = code substr(rest, 1, RSTART - 1 + (is_comment ? 0 : RLENGTH))
            rest = token == "//" ? "" : substr(rest, RSTART + RLENGTH)
            if (token == "/*") {
                inside = 1
                begun = FNR
                text = ""
            }
        } else {
            code = code rest
            rest = ""
        }
    }
    if (want == "code" && code != "") {
        print FILENAME ":" FNR ":" code
    }
}
