package io.github.pop3kit.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A data source that asks before each thing that goes to the database: each statement, each commit, each new connection. */
final class FaultyDataSource {

    private FaultyDataSource() {}

    @FunctionalInterface
    interface Before {
        /** Throws where this shall fail; the connection is the real one. */
        void execute(String what, Connection connection) throws SQLException;
    }

    static DataSource over(DataSource real, Before before) {
        return proxy(DataSource.class, real, name -> name, (name, result) -> {
            if (!(result instanceof Connection connection)) return result;
            try {
                before.execute("connect", connection);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return connection(connection, before);
        });
    }

    private static Connection connection(Connection real, Before before) {
        return proxy(
                Connection.class,
                real,
                name -> {
                    if (name.equals("commit")) before.execute("commit", real);
                    return name;
                },
                (name, result) -> {
                    if (result instanceof PreparedStatement)
                        return statement(PreparedStatement.class, result, real, before);
                    return result instanceof Statement ? statement(Statement.class, result, real, before) : result;
                });
    }

    private static Object statement(Class<?> type, Object real, Connection connection, Before before) {
        return proxy(
                type,
                real,
                name -> {
                    if (name.startsWith("execute")) before.execute(name, connection);
                    return name;
                },
                (name, result) -> result);
    }

    @FunctionalInterface
    private interface Called {
        String with(String method) throws SQLException;
    }

    @FunctionalInterface
    private interface Returned {
        Object with(String method, Object result) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Object real, Called before, Returned after) {
        return type.cast(Proxy.newProxyInstance(
                FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    before.with(method.getName());
                    try {
                        return after.with(method.getName(), method.invoke(real, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
