package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * The text of an UNLOAD or COPY as system views show it: with empty strings in the place of keys and credentials.
 */
final class StatementWithoutSecrets {

    private static final Set<String> SECRET = Set.of("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "CREDENTIALS", "MASTER_SYMMETRIC_KEY");

    private StatementWithoutSecrets() {
    }

    static String of(final List<Token> tokens) {
        final SqlEdit edit = new SqlEdit(tokens);
        for (int index = 0; index < tokens.size(); index++) {
            if (tokens.get(index).isString() && isSecret(tokens, index)) {
                edit.replace(index, index + 1, "''");
            }
        }

        final String edited = edit.result();
        return edited == null ? tokens.getFirst().text().substring(tokens.getFirst().start(), tokens.getLast().end()) : edited;
    }

    private static boolean isSecret(final List<Token> tokens, final int value) {
        final int name = value > 0 && tokens.get(value - 1).isWord("AS") ? value - 2 : value - 1;
        return name >= 0 && SECRET.contains(tokens.get(name).upper());
    }
}
