package io.github.pop3kit.store.jdbc.application;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.jdbc.JdbcStore;
import java.util.Map;
import org.h2.jdbcx.JdbcDataSource;

/** An application that finds the store by its location, or brings its own {@code DataSource}; run by ModulePathTest. */
public final class ModuleMain {

    private ModuleMain() {}

    public static void main(String[] how) throws Exception {
        try (MailStore store =
                        how[0].equals("located") ? MailStores.create("jdbc:h2:mem:modules", Map.of()) : embedded();
                Maildrop maildrop = store.open(Account.of("mrose"))) {
            System.out.println(
                    maildrop.count() + " in " + store.getClass().getModule().getName());
        }
    }

    private static MailStore embedded() {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:modules;DB_CLOSE_DELAY=-1");
        return new JdbcStore(source);
    }
}
