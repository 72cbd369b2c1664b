package io.github.pop3kit.jakarta;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** A session's properties for one protocol, read as Jakarta Mail users write them: strings, or objects of the right type. */
final class MailProperties {

    /** For those who say that they want to wait for ever. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Properties properties;
    private final String prefix;

    MailProperties(Session session, String protocol) {
        this.properties = session.getProperties();
        this.prefix = "mail." + protocol + ".";
    }

    String name(Property property) {
        return prefix + property.suffix;
    }

    /** Not only strings, and the defaults of the properties, too. */
    Optional<Object> value(Property property) {
        Object value = properties.get(name(property));
        return Optional.ofNullable(value != null ? value : properties.getProperty(name(property)));
    }

    Optional<String> text(Property property) {
        return value(property).map(Object::toString).map(String::strip).filter(text -> !text.isEmpty());
    }

    List<String> words(Property property) {
        return text(property).map(text -> List.of(text.split("\\s+", -1))).orElse(List.of());
    }

    boolean is(Property property, boolean otherwise) throws MessagingException {
        Optional<String> text = text(property);
        if (text.isEmpty()) return otherwise;
        if (text.get().equalsIgnoreCase("true")) return true;
        if (text.get().equalsIgnoreCase("false")) return false;
        throw refused(property, "is neither true nor false");
    }

    boolean is(Property property) throws MessagingException {
        return is(property, false);
    }

    /** A number that is not negative; so is {@code otherwise} what a negative one stands for. */
    int number(Property property, int otherwise) throws MessagingException {
        Optional<String> text = text(property);
        if (text.isEmpty()) return otherwise;
        try {
            int number = Integer.parseInt(text.get());
            return number < 0 ? otherwise : number;
        } catch (NumberFormatException e) {
            throw refused(property, "is no number");
        }
    }

    /** A port of 1 to 65535, or {@code otherwise}. */
    int port(Property property, int otherwise) throws MessagingException {
        int port = number(property, otherwise);
        if (port != otherwise && (port < 1 || port > 65535)) throw refused(property, "is no port");
        return port;
    }

    /** Milliseconds; 0 is for ever. */
    Duration time(Property property, Duration otherwise) throws MessagingException {
        int millis = number(property, -1);
        if (millis < 0) return otherwise;
        return millis == 0 ? FOR_EVER : Duration.ofMillis(millis);
    }

    /** An object that was put there as such. */
    <T> Optional<T> object(Property property, Class<T> type) throws MessagingException {
        Optional<Object> value = value(property);
        if (value.isEmpty()) return Optional.empty();
        if (!type.isInstance(value.get())) throw refused(property, "is no " + type.getName());
        return value.map(type::cast);
    }

    Class<?> load(Property property, String className) throws MessagingException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            return Class.forName(className, true, context != null ? context : MailProperties.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            try {
                return Class.forName(className);
            } catch (ClassNotFoundException unknown) {
                throw refused(property, "names a class that is not found: " + className);
            }
        }
    }

    /** For whatever cannot be done, or is not safe. The value itself is not shown: it may be a secret. */
    MessagingException refused(Property property, String why) {
        return new MessagingException(name(property) + " " + why);
    }
}
