/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

/** What the tests were started with. */
final class ClassPath {
    private ClassPath() {}

    /** Surefire starts the tests with a jar that names the class path, and keeps the list in a property of its own. */
    static String ofTheTests() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
