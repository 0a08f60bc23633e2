package io.github.unloadcopy.redshift;

import java.util.List;
import java.util.Set;

/**
 * How a table is stored: the attributes behind the columns of CREATE TABLE.
 *
 * @param noBackup whether it has BACKUP NO
 * @param distributionStyle AUTO, EVEN, KEY or ALL; null when nothing is said
 * @param distributionKey column of DISTKEY; null when nothing is said
 * @param sortStyle COMPOUND, INTERLEAVED or AUTO; null when nothing is said
 * @param sortKey columns of SORTKEY; empty for none
 * @param encodeAuto whether it has ENCODE AUTO
 */
record TableStorage(boolean noBackup, String distributionStyle, String distributionKey, String sortStyle, List<String> sortKey, boolean encodeAuto) {
    private static final Set<String> DISTRIBUTION_STYLES = Set.of("AUTO", "EVEN", "KEY", "ALL");
    private static final Set<String> SORT_STYLES = Set.of("COMPOUND", "INTERLEAVED", "AUTO");

    /**
     * Checks all parts.
     *
     * @throws IllegalArgumentException when one is not known
     */
    TableStorage {
        sortKey = sortKey == null ? List.of() : List.copyOf(sortKey);

        if (distributionStyle != null && !DISTRIBUTION_STYLES.contains(distributionStyle)) {
            throw new IllegalArgumentException("DISTSTYLE is not known");
        }

        if (sortStyle != null && (!SORT_STYLES.contains(sortStyle) || sortStyle.equals("AUTO") != sortKey.isEmpty())) {
            throw new IllegalArgumentException("SORTKEY is not known");
        }

        SqlText.columns(sortKey);
    }

    /** Its part of CREATE TABLE, one line each; empty when nothing is said. */
    String sql() {
        final StringBuilder sql = new StringBuilder(noBackup ? "\nBACKUP NO" : "");
        sql.append(distributionStyle == null ? "" : "\nDISTSTYLE " + distributionStyle);
        sql.append(distributionKey == null ? "" : "\nDISTKEY (" + SqlText.identifier(distributionKey) + ")");

        if (!sortKey.isEmpty()) {
            sql.append('\n').append(sortStyle == null ? "" : sortStyle + " ").append("SORTKEY (").append(SqlText.columns(sortKey)).append(')');
        } else if (sortStyle != null) {
            sql.append("\nSORTKEY AUTO");
        }

        return sql.append(encodeAuto ? "\nENCODE AUTO" : "").toString();
    }
}
