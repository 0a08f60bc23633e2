package io.github.unloadcopy.sandbox.iam;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a signature covers of a request that has neither query nor path, as those of AWS's JSON and query protocols have.
 *
 * @param headers values by name, in any case
 */
public record RpcRequest(String method, Map<String, List<String>> headers, byte[] body) {

    public RpcRequest {
        final Map<String, List<String>> caseless = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        caseless.putAll(headers);
        headers = caseless;
    }

    /** The first value of a header, null when there is none. */
    public String header(final String name) {
        final List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    String canonical(final List<String> signedHeaders, final String bodyDigest) {
        final String headerLines = signedHeaders.stream()
                .map(name -> name.toLowerCase(Locale.ROOT) + ":" + canonicalValue(name) + "\n")
                .collect(Collectors.joining());
        return String.join("\n", method, "/", "", headerLines, String.join(";", signedHeaders), bodyDigest);
    }

    private String canonicalValue(final String name) {
        return headers.getOrDefault(name, List.of()).stream()
                .map(value -> value.strip().replaceAll(" +", " "))
                .collect(Collectors.joining(","));
    }
}
