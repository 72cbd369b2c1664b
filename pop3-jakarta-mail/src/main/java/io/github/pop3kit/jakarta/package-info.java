/**
 * The client as a Jakarta Mail provider for {@code pop3} and {@code pop3s}: what {@code Session.getStore} finds as soon as this jar is
 * there. Applications name these classes only for what the API has no method for: {@link io.github.pop3kit.jakarta.Pop3Folder#getUID}.
 */
@NullMarked
package io.github.pop3kit.jakarta;

import org.jspecify.annotations.NullMarked;
