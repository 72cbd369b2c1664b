package io.github.pop3kit.server;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A session as it stands when its listener is told of it.
 *
 * @param id by which the lines of one session are found in the log; no two sessions share it
 * @param account the name that the authenticator returned; absent before login
 * @param secure whether TLS is active
 */
public record SessionInfo(String id, InetAddress remote, Optional<String> account, boolean secure) {}
