/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;
import java.util.List;

/** Who ended a case, by where the exception was made. */
enum Refusal {
    /** Nobody. */
    NONE,
    /** The library, with a message. */
    LIBRARY,
    /** The host, before any code of the library was reached: it treats users without the library in the same way. */
    HOST,
    /** An exception from within the library that it did not make, or one without a reason. */
    CRASH;

    private static final String LIBRARY_PACKAGE = "io.github.dl4jcurvature.";
    /** Only passes the host's calls on, so that what the host's own loss refuses comes through it. */
    private static final String DELEGATE = LIBRARY_PACKAGE + "fisher.RecordingLoss";

    private static final int SHORTEST_REASON = 20;

    static Refusal of(RuntimeException exception) {
        List<String> classes = Arrays.stream(exception.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(name -> !name.startsWith("java."))
                .toList();
        if (classes.stream().noneMatch(Refusal::isLibrary)) {
            return HOST;
        }
        String message = exception.getMessage();
        boolean reason = message != null && message.length() >= SHORTEST_REASON;
        return reason && isLibrary(classes.get(0)) ? LIBRARY : CRASH;
    }

    private static boolean isLibrary(String name) {
        return name.startsWith(LIBRARY_PACKAGE)
                && !name.equals(DELEGATE)
                && !name.startsWith(LIBRARY_PACKAGE + "testkit.")
                && !name.replaceAll("\\$.*", "").endsWith("Test");
    }
}
