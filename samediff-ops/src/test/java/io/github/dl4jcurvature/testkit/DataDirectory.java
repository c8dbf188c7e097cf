/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Data sets too large for the repository, in the directory given by {@code -Ddata.dir=DIR}. */
public final class DataDirectory {
    /** Property that names the directory; a relative path may start at any directory above the module. */
    public static final String PROPERTY = "data.dir";

    private DataDirectory() {}

    /**
     * Finds a data set or skips the running test.
     *
     * @param name file or directory inside the data directory, such as {@code "mnist"}
     * @return its path
     * @throws TestAbortedException if it is missing or the property is not set
     * @throws IllegalArgumentException if the property names no directory
     */
    public static Path require(String name) {
        return require(name, System.getProperty(PROPERTY));
    }

    static Path require(String name, @Nullable String directory) {
        if (directory == null) {
            throw new TestAbortedException("data '%s' needs -D%s=DIR with DIR/%s".formatted(name, PROPERTY, name));
        }
        Path path = PropertyDirectory.resolve(PROPERTY, directory).resolve(name);
        if (!Files.exists(path)) {
            throw new TestAbortedException(
                    "data '%s' is missing: there is no %s (from -D%s)".formatted(name, path, PROPERTY));
        }
        return path;
    }
}
