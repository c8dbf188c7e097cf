/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What one class logs during each test, registered as an extension. */
public final class CapturedLog implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger;
    private ListAppender<ILoggingEvent> said = new ListAppender<>();

    private CapturedLog(Class<?> source) {
        logger = (Logger) LoggerFactory.getLogger(source);
    }

    /**
     * Captures the log of a class.
     *
     * @param source whose logger
     * @return the extension
     */
    public static CapturedLog of(Class<?> source) {
        return new CapturedLog(source);
    }

    /**
     * What has been logged so far in this test.
     *
     * @return formatted messages, first one first
     */
    public List<String> messages() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /**
     * What has been logged so far in this test with a level.
     *
     * @param level the only one of interest
     * @return formatted messages, first one first
     */
    public List<String> messages(Level level) {
        return said.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(said);
    }
}
