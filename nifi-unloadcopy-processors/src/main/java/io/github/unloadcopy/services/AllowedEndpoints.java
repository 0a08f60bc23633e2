package io.github.unloadcopy.services;

import org.apache.nifi.components.ValidationContext;
import org.apache.nifi.components.ValidationResult;
import org.apache.nifi.components.Validator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clusters that passwords may be sent to.
 *
 * @param patterns one for each allowed endpoint; empty when all are
 */
record AllowedEndpoints(List<Allowed> patterns) {

    /** Checks a list that is typed in. */
    static final Validator VALIDATOR = AllowedEndpoints::validate;

    private static final Pattern ELEMENT = Pattern.compile("([A-Za-z0-9._*-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}|\\*))?");
    private static final String ANYTHING = "*";

    AllowedEndpoints {
        patterns = List.copyOf(patterns);
    }

    /**
     * Reads a list.
     *
     * @param text host names or IP addresses, each with a port or for all ports, separated by commas; an asterisk stands for any characters; null or blank allows all
     * @throws IllegalArgumentException naming the element that is not one
     */
    static AllowedEndpoints parse(final String text) {
        final List<Allowed> patterns = new ArrayList<>();

        for (final String element : text == null || text.isBlank() ? new String[0] : text.split(",", -1)) {
            final Matcher matcher = ELEMENT.matcher(element.strip());

            if (!matcher.matches()) {
                throw new IllegalArgumentException("\"%s\" is not a host name with or without a port, such as *.abc123.us-east-1.redshift.amazonaws.com:5439".formatted(element.strip()));
            }

            final String port = matcher.group(2) == null ? ANYTHING : matcher.group(2);
            final String host = Pattern.quote(matcher.group(1).toLowerCase(Locale.ROOT)).replace(ANYTHING, "\\E.*\\Q");
            patterns.add(new Allowed(Pattern.compile(host), port.equals(ANYTHING) ? 0 : Integer.parseInt(port)));
        }

        return new AllowedEndpoints(patterns);
    }

    /** Whether a password may be sent there. Host names are compared without regard to case. */
    boolean allows(final String host, final int port) {
        return patterns.isEmpty() || patterns.stream().anyMatch(allowed -> allowed.host().matcher(host.toLowerCase(Locale.ROOT)).matches() && (allowed.port() == 0 || allowed.port() == port));
    }

    private static ValidationResult validate(final String subject, final String input, final ValidationContext context) {
        final ValidationResult.Builder result = new ValidationResult.Builder().subject(subject).input(input).valid(true);

        try {
            if (!context.isExpressionLanguagePresent(input)) {
                parse(input);
            }
        } catch (final IllegalArgumentException e) {
            result.valid(false).explanation(e.getMessage());
        }

        return result.build();
    }

    /**
     * An allowed endpoint.
     *
     * @param host what the name matches in lower case
     * @param port its port; 0 for any
     */
    record Allowed(Pattern host, int port) {
    }
}
