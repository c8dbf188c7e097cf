/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.Draws;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the factors of all blocks descend on
 *
 * <p>\[ A(\lambda; u) = \tfrac12 v^\top F v + \tfrac12 \gamma v^\top v - u^\top v, \qquad v = Q(\lambda) u. \]
 *
 * <p>With the residual \( r = F v + \gamma v - u \) its gradient is that of \( \langle r, Q(\lambda) u \rangle \) at fixed r
 * and u. It is divided by \( \|u\| \|v\| \), norms over the whole network, or by the square of that when the residual is
 * multiplied by Q first; the division matters to the memory of Adam only.
 */
final class AuxiliaryProblem {
    private static final Logger LOG = LoggerFactory.getLogger(AuxiliaryProblem.class);

    /** Where the inputs of the Fisher-vector product number k come from. */
    interface InputSource {
        CurvatureBatch draw(@Nullable CurvatureBatch training, long number);
    }

    /** The product \( F v \), a mean over the examples; {@code probeNorm} is \( \|u\| \). */
    interface FisherProduct {
        INDArray multiply(CurvatureBatch batch, INDArray v, double probeNorm, long number);
    }

    /**
     * How the factors learn.
     *
     * @param adam steps on the factors
     * @param preconditioned whether the residual is multiplied by Q first
     * @param seed of Gaussian probes
     */
    record Rule(FactorAdam adam, boolean preconditioned, long seed) {}

    /**
     * What the last step came to.
     *
     * @param objective \( A / \|u\|^2 \)
     * @param relativeResidual \( \|r\| / \|u\| \)
     */
    record Outcome(double objective, double relativeResidual) {
        static final Outcome NONE = new Outcome(Double.NaN, Double.NaN);
    }

    private final Rule rule;
    private final List<FishLegBlock> blocks;
    private final INDArray u; // [parameters], 0 where no block learns
    private final INDArray v; // [parameters], likewise
    private final INDArray residual; // [parameters]
    private final MatrixView uView;
    private final MatrixView vView;
    private final MatrixView residualView;
    private final List<BlockVector> uParts;
    private final List<BlockVector> vParts;
    private final List<BlockVector> residualParts;
    private InputSource inputs;
    private FisherProduct fisher;
    private Outcome outcome = Outcome.NONE;

    AuxiliaryProblem(
            Rule rule, List<FishLegBlock> blocks, INDArray parameters, InputSource inputs, FisherProduct fisher) {
        this.rule = rule;
        this.blocks = blocks;
        this.u = Nd4j.createUninitializedDetached(parameters.dataType(), parameters.length())
                .assign(0);
        this.v = u.dup();
        this.residual = u.dup();
        this.uView = MatrixView.of(u);
        this.vView = MatrixView.of(v);
        this.residualView = MatrixView.of(residual);
        this.uParts = blocks.stream().map(block -> block.part(u)).toList();
        this.vParts = blocks.stream().map(block -> block.part(v)).toList();
        this.residualParts = blocks.stream().map(block -> block.part(residual)).toList();
        this.inputs = inputs;
        this.fisher = fisher;
    }

    /** Replaces what the products are taken on and how; for recorded trajectories. */
    void replace(InputSource otherInputs, FisherProduct otherFisher) {
        inputs = otherInputs;
        fisher = otherFisher;
    }

    /** What the last step came to; NaN before the first. */
    Outcome outcome() {
        return outcome;
    }

    /**
     * Takes a step with u = the mean gradient of the training step, at the rank of its batch where that is cheaper.
     *
     * @param step the training step, taken by the blocks
     * @param gradient parts of its summed gradient
     * @param damping \( \gamma \)
     * @param rate of Adam
     */
    void learnFromGradient(TrainingStep step, List<BlockVector> gradient, double damping, double rate) {
        forEachLearning(index -> {
            uParts.get(index).flat().assign(gradient.get(index).flat()).divi(step.divisor());
            blocks.get(index).applyMask(uParts.get(index));
            blocks.get(index).naturalGradient(gradient.get(index), vParts.get(index)); // v = Q u
        });
        boolean learned = descend(step.batch(), damping, rate, (index, factor) -> {
            FishLegBlock block = blocks.get(index);
            return block.isMasked()
                    ? block.computeFactorGradient(
                            uParts.get(index), residualParts.get(index), factor, rule.preconditioned())
                    : block.computeFactorGradientOfStep(
                            gradient.get(index), residualParts.get(index), factor, rule.preconditioned());
        });
        if (learned) {
            blocks.forEach(block -> block.take(step));
        }
    }

    /**
     * Takes a step with a given probe.
     *
     * @param probe one vector for each block
     * @param training batch of the current iteration, if there is one
     * @param damping \( \gamma \)
     * @param rate of Adam
     */
    void learnFrom(List<INDArray> probe, @Nullable CurvatureBatch training, double damping, double rate) {
        forEachLearning(index -> uParts.get(index).flat().assign(probe.get(index)));
        learnFromProbe(training, damping, rate);
    }

    /** Takes a step with u drawn from the standard normal distribution. */
    void learnFromGaussian(@Nullable CurvatureBatch training, double damping, double rate) {
        SplittableRandom random = new SplittableRandom(Draws.seed(rule.seed() ^ 0x5DEECE66DL, number()));
        forEachLearning(index -> {
            double[] values =
                    new double[Math.toIntExact(uParts.get(index).flat().length())];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextGaussian();
            }
            INDArray flat = uParts.get(index).flat();
            flat.assign(
                    flat.dataType() == DataType.DOUBLE
                            ? Nd4j.createFromArray(values)
                            : Nd4j.createFromArray(values).castTo(flat.dataType()));
        });
        learnFromProbe(training, damping, rate);
    }

    private void learnFromProbe(@Nullable CurvatureBatch training, double damping, double rate) {
        forEachLearning(index -> {
            FishLegBlock block = blocks.get(index);
            block.takeNone();
            block.applyMask(uParts.get(index));
            block.multiply(uParts.get(index), vParts.get(index)); // v = Q u
        });
        descend(
                training,
                damping,
                rate,
                (index, factor) -> blocks.get(index)
                        .computeFactorGradient(
                                uParts.get(index), residualParts.get(index), factor, rule.preconditioned()));
    }

    /** Computes one block's gradient of the factors and returns the square of its norm. */
    private interface FactorGradients {
        double compute(int index, double factor);
    }

    /** One step for the u and v at hand; returns whether it was taken. */
    private boolean descend(@Nullable CurvatureBatch training, double damping, double rate, FactorGradients gradients) {
        long number = number();
        double uNorm = u.norm2Number().doubleValue();
        double vNorm = v.norm2Number().doubleValue();
        double scale = uNorm * vNorm;
        double inner = Gemm.dot(uView, vView); // u^T Q u, positive unless something has overflowed
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY && inner > 0)) {
            skip("|u| |v| is %s and u^T Q u is %s".formatted(scale, inner));
            return false;
        }
        residual.assign(fisher.multiply(inputs.draw(training, number), v, uNorm, number)); // F v [parameters]
        Gemm.axpy(damping, vView, residualView); // + gamma v
        Gemm.axpy(-1, uView, residualView); // - u
        for (int index = 0; index < blocks.size(); index++) {
            blocks.get(index).applyMask(residualParts.get(index));
        }
        double factor = rule.preconditioned() ? 1 / (scale * scale) : 1 / scale;
        double squaredNorm = 0;
        for (int index = 0; index < blocks.size(); index++) {
            squaredNorm += blocks.get(index).learns() ? gradients.compute(index, factor) : 0;
        }
        if (!Double.isFinite(squaredNorm)) {
            skip("the gradient of the factors has the squared norm " + squaredNorm);
            return false;
        }
        blocks.forEach(block -> block.learn(rule.adam(), rate));
        double objective = (Gemm.dot(vView, residualView) - inner) / 2; // A = (v^T r - u^T v) / 2
        outcome = new Outcome(objective / uNorm / uNorm, residualNorm() / uNorm);
        LOG.trace("auxiliary step {}: {}", number, outcome);
        return true;
    }

    /** |r| over the blocks that learn; elsewhere F v is what the blocks couple to, not their error. */
    private double residualNorm() {
        double sum = 0;
        for (int index = 0; index < blocks.size(); index++) {
            MatrixView part = residualParts.get(index).view();
            sum += blocks.get(index).learns() ? Gemm.dot(part, part) : 0;
        }
        return Math.sqrt(sum);
    }

    /** Steps taken or skipped so far. */
    private long number() {
        FishLegState state = blocks.get(0).state();
        return state.auxiliarySteps() + state.skipped();
    }

    private void forEachLearning(IntConsumer action) {
        for (int index = 0; index < blocks.size(); index++) {
            if (blocks.get(index).learns()) {
                action.accept(index);
            }
        }
    }

    private void skip(String reason) {
        blocks.forEach(block -> block.state().countSkipped());
        LOG.warn("auxiliary step skipped: {}; the inverse Fisher blocks stay as they are", reason);
    }
}
