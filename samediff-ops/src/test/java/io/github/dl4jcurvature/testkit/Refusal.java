/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

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
    /** Only pass the host's calls on, so that what the host's own loss refuses comes through them. */
    private static final Set<String> DELEGATES =
            Set.of(LIBRARY_PACKAGE + "fisher.RecordingLoss", LIBRARY_PACKAGE + "fisher.CapturingLoss");

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
                && !DELEGATES.contains(name)
                && !name.startsWith(LIBRARY_PACKAGE + "testkit.")
                && !name.replaceAll("\\$.*", "").endsWith("Test");
    }
}
