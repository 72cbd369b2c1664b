module io.github.pop3kit.client {
    requires io.github.pop3kit.protocol;
    requires org.slf4j;
    requires static org.jspecify;
}
