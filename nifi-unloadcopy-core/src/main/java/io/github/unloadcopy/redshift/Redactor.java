package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that people will read: the values that its caller knows, wherever they stand, and what stands where statements, URLs and JSON have secrets. It knows secrets and not words:
 * a sentence that speaks of passwords passes as it is.
 */
public final class Redactor {
    private static final String MASK = "***";
    private static final String NAMES = "(?:master_?symmetric_?key|(?:aws_?)?secret_?access_?key|(?:aws_?)?access_?key_?id|"
            + "(?:aws_?)?session_?token|security_?token|connectpwd|password|passwd|pwd)";
    /** Those that are words of prose or code as well ("unexpected token"), unless a value is assigned to them; and the parts of presigned URLs, "Authenticating Requests", Amazon S3 API Reference. */
    private static final String ASSIGNED_NAMES = "(?:" + NAMES + "|\\btoken|x-amz-(?:signature|credential|security-token))";
    /** A quote may be doubled or follow a backslash; a literal that was cut off goes on to the end. */
    private static final String SINGLE_QUOTED = "'(?:[^'\\\\]++|''|\\\\.)*+(?:'|\\\\?\\z)";
    /** The same inside one or two further literals, such as the query of an UNLOAD. */
    private static final String NESTED = "''(?!')(?:[^'\\\\]++|''''|\\\\.)*+(?:''|'?\\z)|''''(?!')[^']*+''''";
    private static final String DOUBLE_QUOTED = "\"(?:[^\"\\\\]++|\"\"|\\\\.)*+(?:\"|\\\\?\\z)";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
    /** NAME 'value' and NAME AS 'value' of SQL; behind a quote the name is a value or a column itself. */
    private static final Pattern KEYWORD = Pattern.compile("((?<!['\"])\\b" + NAMES + "\\s*(?:\\bas\\b\\s*)?)(?:" + NESTED + "|" + SINGLE_QUOTED + ")", FLAGS);
    /** name = 'value', "name": "value" of connection strings, properties and JSON. */
    private static final Pattern QUOTED = Pattern.compile("((?:\\b" + NAMES + "[\"']?|[\"']token[\"'])\\s*(?:=>?|:)\\s*)(?:" + NESTED + "|" + SINGLE_QUOTED + "|" + DOUBLE_QUOTED + ")", FLAGS);
    /** name=value of CREDENTIALS strings and URLs. A doubled quote is part of the value, a single one ends the literal around it. */
    private static final Pattern ASSIGNED = Pattern.compile("(\\b" + ASSIGNED_NAMES + "\\s*=\\s*)(?:[^;&'\"\\s]|''|\"\"|\\\\.)++", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /** user:password@host of URLs. */
    private static final Pattern USER_INFO = Pattern.compile("(://[^/?#\\s:@]*:)[^/?#\\s]*(?=@)");
    /** Access key ids, IAM User Guide, "Unique identifiers"; and the secret access key that stands beside one, 40 characters of base64. */
    private static final Pattern ACCESS_KEY = Pattern.compile("(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,124}(?![A-Za-z0-9])(?:[^A-Za-z0-9]{1,8}[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/]))?");

    private static final Pattern ESCAPES = Pattern.compile("%[0-9A-F]{2}");

    private Redactor() {
    }

    /**
     * Masks what stands where a secret belongs, in every spelling of SQL, CREDENTIALS strings, URLs and JSON: master symmetric keys, secret access keys, access key ids, session tokens, signatures
     * and passwords.
     *
     * @param text any text; null stays null
     * @return the text without them
     */
    public static String redact(final String text) {
        if (text == null) {
            return null;
        }

        String result = KEYWORD.matcher(text).replaceAll("$1'" + MASK + "'");
        result = QUOTED.matcher(result).replaceAll("$1'" + MASK + "'");
        result = ASSIGNED.matcher(result).replaceAll("$1" + MASK);
        result = USER_INFO.matcher(result).replaceAll("$1" + MASK);
        return ACCESS_KEY.matcher(result).replaceAll(MASK);
    }

    /**
     * Masks known values as well, wherever they stand: as they are, in base64, quoted for SQL or encoded for a URL.
     *
     * @param text any text; null stays null
     * @param known secrets; closed ones are passed over, as are empty ones
     * @return the text without them
     */
    public static String redact(final String text, final Collection<Secret> known) {
        if (text == null) {
            return null;
        }

        String result = text;

        for (final String value : spellings(known)) {
            result = result.replace(value, MASK);
        }

        return redact(result);
    }

    /**
     * A copy of a driver's exception that is safe to log and to keep as a cause.
     *
     * @param exception the original; the server may have quoted the statement in it
     * @return a copy with message, SQLState, vendor code, stack trace, causes, suppressed and next exceptions, all redacted
     */
    public static SQLException redact(final SQLException exception) {
        return redact(exception, List.of());
    }

    /**
     * As {@link #redact(SQLException)}, with known values.
     *
     * @param exception the original
     * @param known secrets that the failed statement or the connection carried
     * @return the copy
     */
    public static SQLException redact(final SQLException exception, final Collection<Secret> known) {
        return exception == null ? null : copy(exception, known, new IdentityHashMap<>());
    }

    private static SQLException copy(final Throwable original, final Collection<Secret> known, final Map<Throwable, SQLException> done) {
        final SQLException earlier = done.get(original);

        if (earlier != null) {
            return earlier;
        }

        final SQLException copy = original instanceof SQLException sql
                ? new SQLException(redact(sql.getMessage(), known), sql.getSQLState(), sql.getErrorCode())
                : new SQLException(redact(original.getClass().getName() + ": " + original.getMessage(), known));
        copy.setStackTrace(original.getStackTrace());
        done.put(original, copy);

        final Throwable cause = original.getCause();

        // A cycle cannot be copied: initCause refuses an exception as its own cause, and deeper ones would make printing endless.
        if (cause != null && !done.containsKey(cause)) {
            copy.initCause(copy(cause, known, done));
        }

        for (final Throwable suppressed : original.getSuppressed()) {
            if (!done.containsKey(suppressed)) {
                copy.addSuppressed(copy(suppressed, known, done));
            }
        }

        if (original instanceof SQLException sql && sql.getNextException() != null && !done.containsKey(sql.getNextException())) {
            copy.setNextException(copy(sql.getNextException(), known, done));
        }

        return copy;
    }

    /** Longest first, so that no value is cut into by a shorter one. */
    private static Set<String> spellings(final Collection<Secret> known) {
        if (known.isEmpty()) {
            return Collections.emptySet();
        }

        final Set<String> spellings = new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));

        for (final Secret secret : known) {
            if (secret == null || secret.isClosed() || secret.length() == 0) {
                continue;
            }

            final String text = secret.text();
            final String backslashes = text.replace("\\", "\\\\");
            final String url = URLEncoder.encode(text, StandardCharsets.UTF_8);
            // The literals of SQL, those within a literal, JSON, identifiers, and URLs with either form of a blank.
            spellings.addAll(Arrays.asList(text, text.replace("'", "''"), text.replace("'", "''''"), backslashes, backslashes.replace("'", "\\'"), backslashes.replace("'", "''"),
                    backslashes.replace("\"", "\\\""), text.replace("\"", "\"\""), url, url.replace("+", "%20"), ESCAPES.matcher(url).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT)),
                    secret.base64(), URLEncoder.encode(secret.base64(), StandardCharsets.UTF_8)));
        }

        return spellings;
    }
}
