package io.github.unloadcopy.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.unloadcopy.config.ConfigText;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the newest shape of a configuration has other than the older ones. Each step changes nothing where there is nothing to change. */
final class ConfigConversion {
    private static final String SOURCE = "/unloadSource";
    private static final String STAGING = "/s3Staging";
    private static final String TARGET = "/copyTarget";
    private static final String TABLE = "/tableName";
    private static final String TABLES = "/tableNames";
    private static final String SCHEMA = "/schemaName";
    private static final String REGION = "/region";
    private static final List<String> BOOLEANS = List.of(STAGING + "/deleteOnSuccess", STAGING + "/kmsGeneratedKey", TARGET + "/explicit_ids");
    private static final List<String> NUMBERS = List.of(SOURCE + "/clusterPort", TARGET + "/clusterPort");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");

    private final ConfigText text;
    private final List<String> changes = new ArrayList<>();

    ConfigConversion(final ConfigText text) {
        this.text = text;
    }

    /**
     * Converts the text in place.
     *
     * @param region Region of the staging bucket, for where there is none; null for not known
     * @return what was changed, a sentence each
     */
    List<String> convert(final String region) {
        final String tables = tables();
        BOOLEANS.forEach(this::toBoolean);
        NUMBERS.forEach(this::toNumber);

        if (text.has(TARGET)) {
            completeTarget(tables);
        }

        if (region != null && text.has(STAGING)) {
            completeRegion(region);
        }

        return List.copyOf(changes);
    }

    /** A blank Region counts as left out. */
    private void completeRegion(final String region) {
        final String literal = '"' + new String(JsonStringEncoder.getInstance().quoteAsString(region)) + '"';

        if (!text.has(STAGING + REGION)) {
            text.add(STAGING, "region", literal);
            changes.add("s3Staging.region was added: " + region);
        } else if (text.isString(STAGING + REGION) && new String(text.string(STAGING + REGION)).isBlank()) {
            text.replace(STAGING + REGION, literal);
            changes.add("%s was empty and became %s".formatted(text.place(STAGING + REGION), region));
        }
    }

    /** The source's tables as JSON; null when it has none. */
    private String tables() {
        if (text.has(SOURCE + TABLES)) {
            return text.literal(SOURCE + TABLES);
        }

        if (!text.isString(SOURCE + TABLE)) {
            return null;
        }

        toTables(SOURCE);
        return "[" + text.literal(SOURCE + TABLE) + "]";
    }

    private void toTables(final String section) {
        changes.add("%s became tableNames, with one name".formatted(text.place(section + TABLE)));
        text.rename(section + TABLE, "tableNames");
        text.replace(section + TABLE, "[" + text.literal(section + TABLE) + "]");
    }

    private void completeTarget(final String tables) {
        if (!text.has(TARGET + SCHEMA) && text.isString(SOURCE + SCHEMA)) {
            text.add(TARGET, "schemaName", text.literal(SOURCE + SCHEMA));
            changes.add("copyTarget.schemaName was added: the source's");
        }

        if (text.isString(TARGET + TABLE) && !text.has(TARGET + TABLES)) {
            toTables(TARGET);
        } else if (!text.has(TARGET + TABLE) && !text.has(TARGET + TABLES) && tables != null) {
            text.add(TARGET, "tableNames", tables);
            changes.add("copyTarget.tableNames was added: the source's");
        }
    }

    private void toBoolean(final String pointer) {
        if (text.isString(pointer)) {
            final String value = new String(text.string(pointer)).strip().toLowerCase(Locale.ROOT);

            if (value.equals("true") || value.equals("false")) {
                text.replace(pointer, value);
                changes.add("%s became a boolean: %s".formatted(text.place(pointer), value));
            }
        }
    }

    private void toNumber(final String pointer) {
        if (text.isString(pointer)) {
            final String value = new String(text.string(pointer)).strip();

            if (NUMBER.matcher(value).matches()) {
                text.replace(pointer, Integer.toString(Integer.parseInt(value)));
                changes.add("%s became a number".formatted(text.place(pointer)));
            }
        }
    }
}
