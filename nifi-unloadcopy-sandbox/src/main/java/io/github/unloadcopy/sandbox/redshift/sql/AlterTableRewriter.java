package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * ALTER TABLE: the column of ADD COLUMN is written as in CREATE TABLE. Foreign keys and changes of how rows are stored are refused by name for now.
 */
final class AlterTableRewriter implements StatementRewriter {

    private static final List<String> STORAGE = List.of("DISTKEY", "DISTSTYLE", "SORTKEY", "ENCODE", "COMPOUND");

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.size() < 5 || !tokens.get(0).isWord("ALTER") || !tokens.get(1).isWord("TABLE")) {
            return null;
        }

        int position = 3;
        while (position < tokens.size() && tokens.get(position).isSymbol('.')) {
            position += 2;
        }

        if (position + 1 >= tokens.size()) {
            return null;
        }

        final Token action = tokens.get(position);
        final Token object = tokens.get(position + 1);
        if (action.isWord("ALTER") && STORAGE.stream().anyMatch(object::isWord)) {
            throw SqlError.notSupported("ALTER TABLE ... ALTER " + object.upper() + " is not supported by the sandbox");
        }

        if (!action.isWord("ADD")) {
            return null;
        }

        final boolean foreignKey = tokens.stream().anyMatch(token -> token.isWord("FOREIGN"));
        if (foreignKey) {
            throw SqlError.notSupported("ALTER TABLE ... ADD FOREIGN KEY is not supported by the sandbox");
        }

        if (object.isWord("CONSTRAINT") || object.isWord("PRIMARY") || object.isWord("UNIQUE")) {
            return null;
        }

        final SqlEdit edit = new SqlEdit(tokens);
        new ColumnDefinition(tokens, edit, object.isWord("COLUMN") ? position + 2 : position + 1, tokens.size()).rewrite();
        return edit.result();
    }
}
