package io.github.pop3kit.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A message-number, as an argument. */
final class MessageNumber implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        return parse(value, 1, "a message-number, such as 1");
    }

    /** How many. */
    static final class OrZero implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return parse(value, 0, "a number, such as 0");
        }
    }

    private static int parse(String value, int least, String what) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least) return number;
        } catch (NumberFormatException e) {
            // As below.
        }
        throw new TypeConversionException("'" + value + "' is not " + what);
    }
}
