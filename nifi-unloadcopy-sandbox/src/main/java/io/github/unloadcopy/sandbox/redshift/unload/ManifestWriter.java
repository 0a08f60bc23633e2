package io.github.unloadcopy.sandbox.redshift.unload;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;

import java.io.IOException;
import java.util.List;

/**
 * Writes what MANIFEST asks for: page UNLOAD of the Redshift Database Developer Guide.
 */
final class ManifestWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ManifestWriter() {
    }

    static byte[] write(final List<UnloadedFile> files, final List<ResultColumn> columns, final boolean verbose) throws IOException {
        final ObjectNode manifest = JSON.createObjectNode();
        final ArrayNode entries = manifest.putArray("entries");
        long bytes = 0;
        long records = 0;
        for (final UnloadedFile file : files) {
            final ObjectNode entry = entries.addObject().put("url", file.location().toString());
            final ObjectNode meta = entry.putObject("meta").put("content_length", file.bytes());
            if (verbose) {
                meta.put("record_count", file.records());
            }

            bytes += file.bytes();
            records += file.records();
        }

        if (verbose) {
            final ArrayNode elements = manifest.putObject("schema").putArray("elements");
            columns.forEach(column -> describe(elements.addObject(), column));
            manifest.putObject("meta").put("content_length", bytes).put("record_count", records);
            manifest.putObject("author").put("name", "Amazon Redshift").put("version", "1.0.0");
        }

        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
    }

    private static void describe(final ObjectNode element, final ResultColumn column) {
        element.put("name", column.name());
        final ObjectNode type = element.putObject("type").put("base", TypeIds.name(column.typeId()));
        if (TypeIds.isCharacter(column.typeId()) && TypeIds.length(column.typeModifier()) > 0) {
            type.put("max_length", TypeIds.length(column.typeModifier()));
        } else if (column.typeId() == TypeIds.NUMERIC && column.typeModifier() > 0) {
            type.put("precision", TypeIds.precision(column.typeModifier()));
            type.put("scale", TypeIds.scale(column.typeModifier()));
        }
    }
}
