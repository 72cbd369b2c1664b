package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStoreProvider;
import java.io.IOException;
import java.util.Map;

/**
 * {@code jdbc:postgresql://host/database} and every other location that the driver of a database understands; the driver and
 * HikariCP have to be on the class path. Options:
 *
 * <ul>
 *   <li>{@code user}, and {@code password-file}, whose first line is the password;
 *   <li>{@code pool}: at most so many connections; 10;
 *   <li>{@code lease}: seconds after which the maildrops of a server that is dead are free; 60;
 *   <li>{@code compress}: {@code deflate}, or {@code none};
 *   <li>{@code schema}: {@code migrate} brings it up to date, {@code check} only refuses to work with another one.
 * </ul>
 */
public final class JdbcStoreProvider implements MailStoreProvider {

    /** For the {@link java.util.ServiceLoader}. */
    public JdbcStoreProvider() {}

    @Override
    public String scheme() {
        return "jdbc";
    }

    @Override
    public MailStore create(String location, Map<String, String> options) throws IOException {
        JdbcOptions chosen = JdbcOptions.ofLocation(options);
        requirePool();
        HikariDataSource pool = Pool.open(location, options);
        JdbcStore store = new JdbcStore(pool, chosen, pool::close, JdbcStore.PATIENCE);
        try {
            store.prepare();
            return store;
        } catch (IOException | RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    /** HikariCP is not there for everybody: who brings a data source does not need it. */
    static void requirePool() {
        try {
            Class.forName("com.zaxxer.hikari.HikariDataSource");
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "A jdbc: location needs com.zaxxer:HikariCP on the class path; on the module path"
                            + " also --add-modules com.zaxxer.hikari");
        }
    }
}
