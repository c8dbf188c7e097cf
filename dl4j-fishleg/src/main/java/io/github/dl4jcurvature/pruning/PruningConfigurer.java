/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the builders of {@link PruningOptions} and {@link FishLegSurgeon} have in common; each setter checks its argument.
 *
 * @param <B> the builder itself
 */
public abstract class PruningConfigurer<B extends PruningConfigurer<B>> {
    double sparsity = 0.5;
    PruningScope scope = PruningScope.GLOBAL;
    PruningStructure structure = PruningStructure.unstructured();
    int minKeep = 1;
    Importance importance = Importance.fishLeg();
    Compensation compensation = Compensation.exact();
    Set<String> include = new LinkedHashSet<>();
    Set<String> exclude = new LinkedHashSet<>();
    int batchSize = 2000;
    long maxExamples = 20_000;
    long seed = 1;

    PruningConfigurer() {}

    abstract B self();

    /**
     * Wished part of the weights of the pruned layers that are zero in the end; default 0.5. A structure of N:M groups
     * determines it by itself.
     *
     * @param value in [0, 1)
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public B sparsity(double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "sparsity must lie in [0, 1) but is %s; 0.9 removes nine of ten weights".formatted(value));
        }
        sparsity = value;
        return self();
    }

    /**
     * Among which weights scores are compared; default {@link PruningScope#GLOBAL}.
     *
     * @param value scope
     * @return this builder
     */
    public B scope(PruningScope value) {
        scope = Objects.requireNonNull(value, "scope must not be null; choose GLOBAL or PER_LAYER");
        return self();
    }

    /**
     * Which sets of weights can be removed; default {@link PruningStructure#unstructured()}.
     *
     * @param value structure
     * @return this builder
     */
    public B structure(PruningStructure value) {
        structure = Objects.requireNonNull(value, "structure must not be null; choose PruningStructure.unstructured()");
        return self();
    }

    /**
     * Weights that every layer keeps at least; default 1.
     *
     * @param weights at least 0
     * @return this builder
     * @throws IllegalArgumentException if negative
     */
    public B minKeep(int weights) {
        if (weights < 0) {
            throw new IllegalArgumentException("minKeep must be at least 0 but is %d; 1 is usual".formatted(weights));
        }
        minKeep = weights;
        return self();
    }

    /**
     * What it costs to lose a weight; default {@link Importance#fishLeg()}.
     *
     * @param value importance
     * @return this builder
     */
    public B importance(Importance value) {
        importance = Objects.requireNonNull(value, "importance must not be null; choose Importance.fishLeg()");
        return self();
    }

    /**
     * How the other parameters make up for removed weights; default {@link Compensation#exact()}.
     *
     * @param value compensation
     * @return this builder
     */
    public B compensation(Compensation value) {
        compensation = Objects.requireNonNull(value, "compensation must not be null; choose Compensation.exact()");
        return self();
    }

    /**
     * Layers to prune; all that can be if this is not called.
     *
     * @param layers names
     * @return this builder
     */
    public B include(String... layers) {
        include.addAll(List.of(layers));
        return self();
    }

    /**
     * Layers to leave alone.
     *
     * @param layers names
     * @return this builder
     */
    public B exclude(String... layers) {
        exclude.addAll(List.of(layers));
        return self();
    }

    /**
     * Examples of the batch on which curvature is taken, and of that on which changes are tried; default 2000, at most half
     * of the data.
     *
     * @param examples at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public B batchSize(int examples) {
        if (examples < 1) {
            throw new IllegalArgumentException(
                    "batchSize must be at least 1 but is %d; 2000 is usual".formatted(examples));
        }
        batchSize = examples;
        return self();
    }

    /**
     * Examples that are kept in memory to draw batches from; default 20 000.
     *
     * @param examples at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public B maxExamples(long examples) {
        if (examples < 1) {
            throw new IllegalArgumentException(
                    "maxExamples must be at least 1 but is %d; 20000 is usual".formatted(examples));
        }
        maxExamples = examples;
        return self();
    }

    /**
     * Seed of all random draws; default 1.
     *
     * @param value any
     * @return this builder
     */
    public B seed(long value) {
        seed = value;
        return self();
    }

    void requireConsistent() {
        for (String name : include) {
            if (exclude.contains(name)) {
                throw new IllegalArgumentException(
                        "layer '%s' is both included and excluded; name it in one of the two".formatted(name));
            }
        }
    }
}
