/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.fisher.LayerParameters;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An approximation \( Q(\lambda) \approx (F + \gamma I)^{-1} \) of the inverse Fisher matrix of a network whose parameters
 * rest, learned from Gaussian probes: each step of {@link #learn} draws \( u \sim N(0, I) \) and lets Adam decrease
 *
 * <p>\[ A(\lambda; u) = \tfrac12 v^\top F v + \tfrac12 \gamma v^\top v - u^\top v, \qquad v = Q(\lambda) u, \]
 *
 * <p>the blocks of Q being those of the {@link FishLeg} updater. Vectors are flat, in the layout of the network's parameters;
 * where gradients do not descend (running statistics, frozen layers) Q is zero.
 *
 * <p>Not thread-safe. Source: Garcia et al., Fisher-Legendre (FishLeg) optimization of deep neural networks, ICLR 2023.
 */
public final class LearnedInverseFisher {
    private final Model model;
    private final Builder settings;
    private final List<LayerParameters.Placed> layers;
    private final List<BlockPlan> plans = new ArrayList<>();
    private final INDArray state;
    private final FisherEstimator fisher;
    private LongFunction<CurvatureBatch> source = number -> {
        throw new IllegalStateException("no inputs to learn from; call learn");
    };
    private List<FishLegBlock> blocks;
    private @Nullable INDArray mask;
    private AuxiliaryProblem problem;

    private LearnedInverseFisher(Builder builder) {
        model = builder.model;
        settings = builder;
        layers = LayerParameters.of(model);
        requireLearnable(layers, model.params().dataType());
        BlockShape shape = new BlockShape(builder.form, false, builder.maxDimension);
        layers.forEach(layer -> plans.add(BlockPlan.of(layer.parameters(), shape, false)));
        fisher = FisherEstimator.builder(model).method(builder.fisherMethod).build();
        long size = plans.stream().mapToLong(BlockPlan::required).sum();
        state = Nd4j.createUninitializedDetached(model.params().dataType(), size)
                .assign(0);
        blocks = blocks();
        problem = problem();
        if (builder.state == null) {
            start();
        } else {
            restore(builder.state);
        }
    }

    private static void requireLearnable(List<LayerParameters.Placed> layers, DataType type) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "model has no parameters that gradients descend on; unfreeze a layer or leave the network out");
        }
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException(
                    "model must be of type FLOAT or DOUBLE but is %s; convert it: network.convertDataType(DataType.FLOAT)"
                            .formatted(type));
        }
    }

    /**
     * Starts the configuration.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph
     * @return a builder
     */
    public static Builder builder(Model model) {
        return new Builder(model);
    }

    private void start() {
        blocks.forEach(block -> block.initialise(1 / settings.damping));
        if (settings.meanSquares != null) {
            INDArray squares = vector("squares", settings.meanSquares);
            double least = squares.minNumber().doubleValue();
            double sum = squares.sumNumber().doubleValue();
            if (!(least >= 0 && Double.isFinite(sum))) {
                throw new IllegalArgumentException(
                        "squares must be non-negative and finite but have the minimum %s and the sum %s; check the data for NaN, and pass means of squared gradients"
                                .formatted(least, sum));
            }
            INDArray diagonal = squares.add(settings.damping).rdivi(1); // 1 / (mean g^2 + gamma)
            blocks.forEach(block -> block.initialise(block.part(diagonal)));
        }
    }

    /** A copy of an argument of shape [n]. */
    private INDArray vector(String name, INDArray argument) {
        if (argument.length() != model.numParams()) {
            throw new IllegalArgumentException(
                    "%s must have one element for each of the %d parameters but has %d; pass a vector in the layout of model.params()"
                            .formatted(name, model.numParams(), argument.length()));
        }
        INDArray copy = Nd4j.createUninitializedDetached(state.dataType(), argument.length());
        return copy.assign(argument.reshape(argument.length()));
    }

    private void restore(INDArray saved) {
        if (saved.length() != state.length() || saved.dataType() != state.dataType()) {
            throw new IllegalArgumentException(
                    "state must have %d elements of type %s but has %d of type %s; pass the state of a network of the same layers and settings"
                            .formatted(state.length(), state.dataType(), saved.length(), saved.dataType()));
        }
        state.assign(saved);
    }

    private List<FishLegBlock> blocks() {
        List<FishLegBlock> made = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < layers.size(); i++) {
            LayerParameters.Placed layer = layers.get(i);
            BlockPlan plan = plans.get(i);
            made.add(new FishLegBlock(
                    layer.parameters(),
                    layer.offset(),
                    plan,
                    new FishLegState(plan, Factors.slice(state, start, plan.required())),
                    mask == null
                            ? null
                            : Factors.slice(
                                    mask, layer.offset(), layer.parameters().length())));
            start += plan.required();
        }
        return made;
    }

    private AuxiliaryProblem problem() {
        FactorAdam adam = new FactorAdam(0.9, 0.999, 1e-8);
        return new AuxiliaryProblem(
                new AuxiliaryProblem.Rule(adam, settings.preconditioned, settings.seed),
                blocks,
                model.params(),
                (training, number) -> source.apply(number),
                (batch, direction, probeNorm, number) ->
                        fisher.product(batch, direction, LabelSampler.numbered(settings.seed, number)));
    }

    /**
     * Restricts Q to some parameters from now on: it becomes \( A Q A \) for \( A = \operatorname{diag}(\text{alive}) \), and
     * learns to be the inverse of that part of \( F + \gamma I \).
     *
     * @param alive 1 for parameters that take part, 0 for others; shape [n], copied
     * @throws IllegalArgumentException if it has another length or other values
     */
    public void restrictTo(INDArray alive) {
        INDArray copy = vector("alive", alive);
        if (!copy.mul(copy).equalsWithEps(copy, 0)) {
            throw new IllegalArgumentException(
                    "alive must hold nothing but 0 and 1 but ranges from %s to %s; pass a mask"
                            .formatted(copy.minNumber(), copy.maxNumber()));
        }
        mask = copy;
        blocks = blocks();
        problem = problem();
    }

    /**
     * Takes auxiliary steps, going on from what was learned before.
     *
     * @param inputs batch number k for step number k, counted over all calls; labels are not looked at
     * @param steps number of steps, at least 0
     * @param firstRate rate of Adam at the first of them, positive
     * @param lastRate rate to which it falls linearly, non-negative
     * @throws IllegalArgumentException if a number is out of range
     */
    public void learn(LongFunction<CurvatureBatch> inputs, int steps, double firstRate, double lastRate) {
        if (steps < 0 || !(firstRate > 0) || !(lastRate >= 0) || !Double.isFinite(firstRate + lastRate)) {
            throw new IllegalArgumentException(
                    "steps, firstRate and lastRate must be non-negative and finite, firstRate positive, but are %d, %s and %s; for instance 300, 1e-3 and 1e-3"
                            .formatted(steps, firstRate, lastRate));
        }
        source = inputs;
        for (int step = 0; step < steps; step++) {
            double rate = firstRate + (lastRate - firstRate) * step / steps;
            problem.learnFromGaussian(null, settings.damping, rate);
        }
    }

    /**
     * Product with Q.
     *
     * @param v shape [n]; not modified
     * @return Q v, fresh, shape [n], in the type of the network
     * @throws IllegalArgumentException if v has another length
     */
    public INDArray multiply(INDArray v) {
        INDArray input = vector("v", v);
        INDArray result = input.like();
        for (FishLegBlock block : blocks) {
            BlockVector part = block.part(input);
            block.takeNone();
            block.applyMask(part);
            block.multiply(part, block.part(result));
        }
        return result;
    }

    /**
     * Diagonal of Q.
     *
     * @return shape [n], fresh; positive but where Q is zero
     */
    public INDArray diagonal() {
        INDArray diagonal = Nd4j.createUninitializedDetached(state.dataType(), model.numParams())
                .assign(0);
        blocks.forEach(block -> block.diagonal(block.part(diagonal)));
        return diagonal;
    }

    /**
     * Everything that a continuation depends on, but for the restriction to some parameters.
     *
     * @return a copy; give it to {@link Builder#state}
     */
    public INDArray state() {
        return state.dup();
    }

    /**
     * The objective of the last step.
     *
     * @return \( A / \|u\|^2 \), negative for a good Q; NaN before the first step
     */
    public double objective() {
        return problem.outcome().objective();
    }

    /**
     * The residual of the last step.
     *
     * @return \( \|(F + \gamma I) Q u - u\| / \|u\| \); NaN before the first step
     */
    public double relativeResidual() {
        return problem.outcome().relativeResidual();
    }

    /** Fluent configuration of a {@link LearnedInverseFisher}. */
    public static final class Builder {
        private final Model model;
        private double damping = 1e-3;
        private FishLeg.Form form = FishLeg.Form.SCALED_KRONECKER;
        private long maxDimension = 10_000;
        private boolean preconditioned = true;
        private FisherEstimator.Method fisherMethod = FisherEstimator.Method.GAUSS_NEWTON;
        private long seed = 1;
        private @Nullable INDArray meanSquares;
        private @Nullable INDArray state;

        private Builder(Model model) {
            this.model = model;
        }

        /**
         * Damping \( \gamma \); default 0.001.
         *
         * @param value positive
         * @return this builder
         * @throws IllegalArgumentException if the value is not positive and finite
         */
        public Builder damping(double value) {
            FishLeg.builder().damping(value); // checks the value
            damping = value;
            return this;
        }

        /**
         * Form of the blocks; default {@link FishLeg.Form#SCALED_KRONECKER}.
         *
         * @param value form
         * @return this builder
         */
        public Builder form(FishLeg.Form value) {
            form = value;
            return this;
        }

        /**
         * Longest side of a weight matrix with a full factor; default 10 000.
         *
         * @param size at least 1
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder maxDimension(int size) {
            FishLeg.builder().maxDimension(size); // checks the size
            maxDimension = size;
            return this;
        }

        /**
         * Whether the residual is multiplied by Q before the factors learn from it; default true.
         *
         * @param value true to multiply
         * @return this builder
         */
        public Builder preconditioned(boolean value) {
            preconditioned = value;
            return this;
        }

        /**
         * How Fisher-vector products are computed; default {@link FisherEstimator.Method#GAUSS_NEWTON}.
         *
         * @param value method
         * @return this builder
         */
        public Builder fisherMethod(FisherEstimator.Method value) {
            fisherMethod = value;
            return this;
        }

        /**
         * Seed of probes and sampled labels; default 1.
         *
         * @param value any
         * @return this builder
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Starts with the diagonal \( 1 / (\overline{g^2} + \gamma) \), as near as the form of a block allows, instead of \(
         * Q = I / \gamma \).
         *
         * @param squares mean squares of gradients of single examples, shape [n], non-negative; not modified
         * @return this builder
         */
        public Builder startAsInverseDiagonal(INDArray squares) {
            meanSquares = squares;
            return this;
        }

        /**
         * Goes on from a saved state instead of a start.
         *
         * @param saved from {@link LearnedInverseFisher#state}; copied
         * @return this builder
         */
        public Builder state(@Nullable INDArray saved) {
            state = saved;
            return this;
        }

        /**
         * Builds the approximation.
         *
         * @return the approximation
         * @throws IllegalArgumentException if the model has nothing to learn on or a type other than FLOAT and DOUBLE, an
         *     output's pair of loss and activation has no Fisher matrix here, or a saved state or mean squares do not fit
         */
        public LearnedInverseFisher build() {
            return new LearnedInverseFisher(this);
        }
    }
}
