module io.github.pop3kit.jakarta {
    requires io.github.pop3kit.client;
    requires jakarta.mail;
    requires static org.jspecify;
}
