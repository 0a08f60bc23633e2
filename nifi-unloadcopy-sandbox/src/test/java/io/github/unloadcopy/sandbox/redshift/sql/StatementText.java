package io.github.unloadcopy.sandbox.redshift.sql;

import java.math.BigDecimal;

/**
 * Writes statements as text, in one way of the many that mean the same.
 */
final class StatementText {

    private final StringBuilder text = new StringBuilder();

    private StatementText() {
    }

    static String of(final StagedStatement statement) {
        final StatementText writer = new StatementText();
        switch (statement) {
            case final UnloadStatement unload -> writer.unload(unload);
            case final CopyStatement copy -> writer.copy(copy);
        }

        return writer.text.toString();
    }

    private void unload(final UnloadStatement statement) {
        text.append("UNLOAD (").append(Literals.quote(statement.query())).append(") TO ").append(Literals.quote(statement.target().toString()));
        authorization(statement.authorization());
        switch (statement.format()) {
            case final UnloadStatement.Delimited delimited -> {
                literal("DELIMITER", Character.toString(delimited.delimiter()));
                flag("ADDQUOTES", delimited.addQuotes());
                flag("ESCAPE", delimited.escape());
                literal("NULL AS", delimited.nullString());
                flag("HEADER", delimited.header());
            }
            case final UnloadStatement.Csv csv -> {
                flag("CSV", true);
                literal("DELIMITER", Character.toString(csv.delimiter()));
                literal("NULL AS", csv.nullString());
                flag("HEADER", csv.header());
            }
            case final UnloadStatement.Parquet parquet -> text.append(" PARQUET ROWGROUPSIZE ").append(parquet.rowGroupSize() / OptionReader.MEGABYTE).append(" MB");
        }

        compression(statement.compression());
        if (statement.partitioning() != null) {
            text.append(" PARTITION BY (").append(String.join(", ", statement.partitioning().columns().stream().map(Literals::quoteIdentifier).toList())).append(')');
            flag("INCLUDE", statement.partitioning().include());
        }

        flag("MANIFEST", statement.manifest());
        flag("VERBOSE", statement.verbose());
        flag("ALLOWOVERWRITE", statement.allowOverwrite());
        flag("CLEANPATH", statement.cleanPath());
        final boolean ownKey = statement.masterSymmetricKey() != null;
        flag("ENCRYPTED", statement.kmsKeyId() != null || statement.encryptedAuto() || ownKey);
        flag("AUTO", statement.encryptedAuto());
        literal("KMS_KEY_ID", statement.kmsKeyId());
        literal("MASTER_SYMMETRIC_KEY", ownKey ? statement.masterSymmetricKey().reveal() : null);
        text.append(statement.parallel() ? " PARALLEL" : " PARALLEL OFF");
        // In bytes, a size is a whole number of these.
        text.append(" MAXFILESIZE ").append(new BigDecimal(statement.maxFileSize()).divide(new BigDecimal(OptionReader.MEGABYTE))).append(" MB");
        literal("REGION", statement.region());
        literal("EXTENSION", statement.extension());
    }

    private void copy(final CopyStatement statement) {
        text.append("COPY ").append(statement.schema() == null ? "" : Literals.quoteIdentifier(statement.schema()) + '.').append(Literals.quoteIdentifier(statement.table()));
        if (!statement.columns().isEmpty()) {
            text.append(" (").append(String.join(", ", statement.columns().stream().map(Literals::quoteIdentifier).toList())).append(')');
        }

        text.append(" FROM ").append(Literals.quote(statement.source().toString()));
        authorization(statement.authorization());
        if (statement.format() instanceof final CopyStatement.Text format) {
            flag("CSV", format.csv());
            if (format.csv()) {
                literal("QUOTE", Character.toString(format.quote()));
            }

            literal("DELIMITER", format.delimiter());
            flag("REMOVEQUOTES", format.removeQuotes());
            flag("ESCAPE", format.escape());
            literal("NULL AS", format.nullString());
            text.append(" IGNOREHEADER ").append(format.ignoreHeader());
            flag("IGNOREBLANKLINES", format.ignoreBlankLines());
            text.append(" ENCODING ").append(format.encoding());
        } else if (statement.format() instanceof final CopyStatement.Parquet parquet) {
            flag("PARQUET", true);
            flag("SERIALIZETOJSON", parquet.serializeToJson());
        }

        compression(statement.compression());
        conversions(statement.conversions());
        flag("MANIFEST", statement.manifest());
        flag("ENCRYPTED", statement.masterSymmetricKey() != null);
        literal("MASTER_SYMMETRIC_KEY", statement.masterSymmetricKey() == null ? null : statement.masterSymmetricKey().reveal());
        literal("REGION", statement.region());
        flag("EXPLICIT_IDS", statement.explicitIds());
        flag("IGNOREALLERRORS", statement.maxError() == Long.MAX_VALUE);
        if (statement.maxError() != Long.MAX_VALUE && statement.maxError() > 0) {
            text.append(" MAXERROR ").append(statement.maxError());
        }

        flag("NOLOAD", statement.noLoad());
        flag("STATUPDATE", statement.statUpdate());
    }

    private void conversions(final CopyStatement.Conversions conversions) {
        flag("EMPTYASNULL", conversions.emptyAsNull());
        flag("BLANKSASNULL", conversions.blanksAsNull());
        flag("TRUNCATECOLUMNS", conversions.truncateColumns());
        flag("FILLRECORD", conversions.fillRecord());
        flag("ROUNDEC", conversions.roundDecimals());
        flag("TRIMBLANKS", conversions.trimBlanks());
        literal("ACCEPTINVCHARS", conversions.replacement() == null ? null : Character.toString(conversions.replacement()));
        flag("ACCEPTANYDATE", conversions.acceptAnyDate());
        literal("DATEFORMAT", conversions.dateFormat());
        literal("TIMEFORMAT", conversions.timeFormat());
    }

    private void authorization(final Authorization authorization) {
        switch (authorization) {
            case final Authorization.DefaultRole ignored -> text.append(" IAM_ROLE default");
            case final Authorization.Roles roles -> literal("IAM_ROLE", String.join(",", roles.arns()));
            case final Authorization.AccessKey key -> {
                literal("ACCESS_KEY_ID", key.accessKeyId());
                literal("SECRET_ACCESS_KEY", key.secretAccessKey().reveal());
                literal("SESSION_TOKEN", key.sessionToken() == null ? null : key.sessionToken().reveal());
            }
        }
    }

    private void compression(final Compression compression) {
        flag(compression.name(), compression != Compression.NONE);
    }

    private void flag(final String keyword, final boolean given) {
        text.append(given ? " " + keyword : "");
    }

    private void literal(final String keyword, final String value) {
        text.append(value == null ? "" : " " + keyword + " " + Literals.quote(value));
    }
}
