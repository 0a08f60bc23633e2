package io.github.unloadcopy.processors;

import org.apache.nifi.components.ValidationContext;
import org.apache.nifi.components.ValidationResult;
import org.apache.nifi.components.Validator;

import java.util.function.Consumer;

/** Refuses SQL that cannot be used, as far as it is known before there is a FlowFile: values with Expression Language are checked for each FlowFile. */
final class SqlValidator implements Validator {

    private final Consumer<String> parser;

    /**
     * @param parser takes what is valid; throws IllegalArgumentException for all else, with a message that follows the name of the property
     */
    SqlValidator(final Consumer<String> parser) {
        this.parser = parser;
    }

    @Override
    public ValidationResult validate(final String subject, final String input, final ValidationContext context) {
        final ValidationResult.Builder result = new ValidationResult.Builder().subject(subject).input(input).valid(true);

        if (input == null || input.isBlank() || context.isExpressionLanguagePresent(input)) {
            return result.build();
        }

        try {
            parser.accept(input);
        } catch (final IllegalArgumentException e) {
            result.valid(false).explanation("it " + e.getMessage());
        }

        return result.build();
    }
}
