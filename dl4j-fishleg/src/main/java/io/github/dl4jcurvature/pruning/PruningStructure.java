/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;

/** Which sets of weights can be removed. */
public sealed interface PruningStructure extends Serializable {

    /**
     * Any weights.
     *
     * @return the structure
     */
    static PruningStructure unstructured() {
        return new Unstructured();
    }

    /**
     * At least M - N of each M consecutive inputs of an output are zero in the end, as 2:4; of a shorter rest of r inputs
     * r - N are. The final sparsity follows from N and M, more if weights were removed without this structure before. At
     * intermediate sparsities the cheapest of the weights that go in the end are removed.
     *
     * @param kept N, at least 1
     * @param group M, greater than N
     * @return the structure
     * @throws IllegalArgumentException if N and M are not of that kind
     */
    static PruningStructure keepNOfM(int kept, int group) {
        if (kept < 1 || group <= kept) {
            throw new IllegalArgumentException(
                    "kept and group must satisfy 1 <= kept < group but are %d and %d; for instance 2 and 4"
                            .formatted(kept, group));
        }
        return new NOfM(kept, group);
    }

    /**
     * Blocks of consecutive inputs of an output go together, by the sum of their scores; the end of a row may be a shorter
     * block. Blocks are removed in the order of their scores until the next one would exceed the wished sparsity.
     *
     * @param size inputs in a block, at least 1
     * @return the structure
     * @throws IllegalArgumentException if the size is less than 1
     */
    static PruningStructure blocks(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size must be at least 1 but is %d; 4 is usual".formatted(size));
        }
        return new Blocks(size);
    }

    /** See {@link #unstructured}. */
    record Unstructured() implements PruningStructure {}

    /**
     * See {@link #keepNOfM}.
     *
     * @param kept N
     * @param group M
     */
    record NOfM(int kept, int group) implements PruningStructure {}

    /**
     * See {@link #blocks}.
     *
     * @param size inputs in a block
     */
    record Blocks(int size) implements PruningStructure {}
}
