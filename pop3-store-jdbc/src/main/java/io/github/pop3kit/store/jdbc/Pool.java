package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The connections of a {@code jdbc:} location. */
final class Pool {

    /** For a connection. */
    private static final Duration WAIT = Duration.ofMillis(1_500);

    /** Where a location may have a password. */
    private static final Pattern SECRET = Pattern.compile("(?i)password=([^&;]*)|//[^/@:]*:([^/@]*)@");

    private Pool() {}

    /** @param location without its scheme */
    static HikariDataSource open(String location, Map<String, String> options) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("pop3kit");
        config.setJdbcUrl("jdbc:" + location);
        config.setMaximumPoolSize(JdbcOptions.number("pool", options.getOrDefault("pool", "10"), 1, 1000));
        config.setConnectionTimeout(WAIT.toMillis());
        config.setValidationTimeout(WAIT.toMillis() / 2);
        String user = options.get("user");
        if (user != null) config.setUsername(user);
        String file = options.get("password-file");
        if (file != null) {
            config.setPassword(Files.readString(Path.of(file), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse(""));
        }
        config.setDataSourceProperties(defaults(location));
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            // Without its cause: some drivers repeat what they do not understand of a location, a password perhaps.
            throw new IOException("the database cannot be reached: " + withoutSecrets(deepest(e), location));
        } catch (RuntimeException e) {
            // Hikari's own words would repeat the location, and whoever wrote a password into it would find it in a
            // log.
            throw new IllegalArgumentException(
                    "No driver understands this jdbc: location; is the database's driver on the class path?");
        }
    }

    private static String deepest(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    private static String withoutSecrets(String text, String location) {
        String starred = text;
        Matcher secret = SECRET.matcher(location);
        while (secret.find()) {
            for (int group = 1; group <= 2; group++) {
                String found = secret.group(group);
                if (found != null && !found.isEmpty()) starred = starred.replace(found, "****");
            }
        }
        return starred;
    }

    /** What a location may say, and rarely does: that a database which is gone is noticed, and what SQLite needs to be safe. */
    private static Properties defaults(String location) {
        Properties properties = new Properties();
        if (location.startsWith("postgresql:")) {
            put(properties, location, "connectTimeout", "2");
            put(properties, location, "socketTimeout", "30");
            put(properties, location, "tcpKeepAlive", "true");
        } else if (location.startsWith("mariadb:") || location.startsWith("mysql:")) {
            put(properties, location, "connectTimeout", "2000");
            put(properties, location, "socketTimeout", "30000");
        } else if (location.startsWith("sqlite:")) {
            put(properties, location, "journal_mode", "WAL");
            put(properties, location, "synchronous", "FULL");
            put(properties, location, "foreign_keys", "true");
            put(properties, location, "busy_timeout", "4000");
        }
        return properties;
    }

    private static void put(Properties properties, String location, String name, String value) {
        if (!location.contains(name + "=")) properties.setProperty(name, value);
    }
}
