/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.io.Serializable;
import java.util.Set;

/** What to prune, how far, and by which scores and compensation. Immutable; {@link Builder} has the defaults. */
public final class PruningOptions implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double sparsity;
    private final int increments;
    private final PruningScope scope;
    private final PruningStructure structure;
    private final int minKeep;
    private final Importance importance;
    private final Compensation compensation;
    private final Set<String> include;
    private final Set<String> exclude;
    private final int batchSize;
    private final long maxExamples;
    private final long seed;

    PruningOptions(PruningConfigurer<?> values, int increments) {
        sparsity = values.sparsity;
        this.increments = increments;
        scope = values.scope;
        structure = values.structure;
        minKeep = values.minKeep;
        importance = values.importance;
        compensation = values.compensation;
        include = Set.copyOf(values.include);
        exclude = Set.copyOf(values.exclude);
        batchSize = values.batchSize;
        maxExamples = values.maxExamples;
        seed = values.seed;
    }

    /**
     * Starts from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    double sparsity() {
        return sparsity;
    }

    int increments() {
        return increments;
    }

    WeightSelection selection(PrunableNetwork network) {
        return new WeightSelection(network.prunable(include, exclude), scope, structure, minKeep);
    }

    PruningStructure structure() {
        return structure;
    }

    Importance importance() {
        return importance;
    }

    Compensation compensation() {
        return compensation;
    }

    int batchSize() {
        return batchSize;
    }

    long maxExamples() {
        return maxExamples;
    }

    long seed() {
        return seed;
    }

    /** Builder of options for {@link FishLegSurgeon#prune}. */
    public static final class Builder extends PruningConfigurer<Builder> {
        private int increments = 1;

        private Builder() {}

        /**
         * Number of equal increments in which the sparsity is reached, scores and compensation being computed anew for
         * each; default 1. More increments cost more passes and spoil less.
         *
         * @param count at least 1
         * @return this builder
         * @throws IllegalArgumentException if the count is less than 1
         */
        public Builder increments(int count) {
            PruningSchedule.at(0).increments(count); // checks the count
            increments = count;
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Creates the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a layer is both included and excluded
         */
        public PruningOptions build() {
            requireConsistent();
            return new PruningOptions(this, increments);
        }
    }
}
