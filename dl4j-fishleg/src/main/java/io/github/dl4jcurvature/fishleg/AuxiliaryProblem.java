/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.function.IntConsumer;

import io.github.dl4jcurvature.fisher.AuxiliaryInputs;
import io.github.dl4jcurvature.fisher.CurvatureBatch;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LabelSampler;
import io.github.dl4jcurvature.fisher.TrainingStep;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.deeplearning4j.nn.api.Model;
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
        CurvatureBatch draw(CurvatureBatch training, long number);
    }

    /** The product \( F v \), a mean over the examples; {@code probeNorm} is \( \|u\| \). */
    interface FisherProduct {
        INDArray multiply(CurvatureBatch batch, INDArray v, double probeNorm, long number);
    }

    private final FishLeg settings;
    private final List<FishLegBlock> blocks;
    private final INDArray u; // [parameters], 0 where no block learns
    private final INDArray v; // [parameters], likewise
    private final INDArray residual; // [parameters]
    private final MatrixView uView;
    private final MatrixView vView;
    private final List<BlockVector> uParts;
    private final List<BlockVector> vParts;
    private final MatrixView residualView;
    private final List<BlockVector> residualParts;
    private InputSource inputs;
    private FisherProduct fisher;

    AuxiliaryProblem(
            FishLeg settings,
            List<FishLegBlock> blocks,
            INDArray parameters,
            InputSource inputs,
            FisherProduct fisher) {
        this.settings = settings;
        this.blocks = blocks;
        this.u = Nd4j.createUninitializedDetached(parameters.dataType(), parameters.length())
                .assign(0);
        this.v = u.dup();
        this.residual = u.dup();
        this.residualView = MatrixView.of(residual);
        this.residualParts = blocks.stream().map(block -> block.part(residual)).toList();
        this.uView = MatrixView.of(u);
        this.vView = MatrixView.of(v);
        this.uParts = blocks.stream().map(block -> block.part(u)).toList();
        this.vParts = blocks.stream().map(block -> block.part(v)).toList();
        this.inputs = inputs;
        this.fisher = fisher;
    }

    static AuxiliaryProblem of(Model model, FishLeg settings, List<FishLegBlock> blocks, AuxiliaryInputs auxiliary) {
        FisherEstimator.Builder builder = FisherEstimator.builder(model).method(settings.fisherMethod());
        if (settings.differenceStep() > 0) {
            builder.epsilon(settings.differenceStep());
        }
        FisherEstimator estimator = builder.build();
        return new AuxiliaryProblem(
                settings,
                blocks,
                model.params(),
                (training, number) -> auxiliary.draw(training, settings.auxiliaryBatchSize(), settings.seed(), number),
                (batch, direction, probeNorm, number) ->
                        estimator.product(batch, direction, LabelSampler.numbered(settings.seed(), number)));
    }

    /** Replaces what the products are taken on and how; for recorded trajectories. */
    void replace(InputSource otherInputs, FisherProduct otherFisher) {
        inputs = otherInputs;
        fisher = otherFisher;
    }

    /** Takes the configured number of steps with u = the mean gradient of the training step. */
    void learn(TrainingStep step, List<BlockVector> gradient, double rate) {
        if (blocks.stream().noneMatch(FishLegBlock::learns)) {
            return;
        }
        forEachLearning(index ->
                uParts.get(index).flat().assign(gradient.get(index).flat()).divi(step.divisor()));
        for (int count = 0; count < settings.auxiliarySteps(); count++) {
            learnOnce(step, gradient, rate);
        }
    }

    private void learnOnce(TrainingStep step, List<BlockVector> gradient, double rate) {
        long number =
                blocks.get(0).state().auxiliarySteps() + blocks.get(0).state().skipped();
        forEachLearning(index -> blocks.get(index).naturalGradient(gradient.get(index), vParts.get(index))); // v = Q u
        double uNorm = u.norm2Number().doubleValue();
        double vNorm = v.norm2Number().doubleValue();
        double scale = uNorm * vNorm;
        double inner = Gemm.dot(uView, vView); // u^T Q u, positive unless something has overflowed
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY && inner > 0)) {
            skip("|u| |v| is %s and u^T Q u is %s".formatted(scale, inner));
            return;
        }
        residual.assign(fisher.multiply(inputs.draw(step.batch(), number), v, uNorm, number)); // F v [parameters]
        Gemm.axpy(settings.damping(step.iteration(), step.epoch()), vView, residualView); // + gamma v
        Gemm.axpy(-1, uView, residualView); // - u
        double gradientNorm = factorGradients(gradient, settings.preconditioned() ? 1 / (scale * scale) : 1 / scale);
        if (!Double.isFinite(gradientNorm)) {
            skip("the gradient of the factors has the norm " + gradientNorm);
            return;
        }
        for (int index = 0; index < blocks.size(); index++) {
            blocks.get(index).learn(settings.auxiliaryAdam(), rate);
            blocks.get(index).take(step);
        }
        if (LOG.isDebugEnabled()) {
            double objective = (Gemm.dot(vView, residualView) - inner) / 2; // A = (v^T r - u^T v) / 2
            double relativeResidual = residual.norm2Number().doubleValue() / uNorm;
            LOG.debug(
                    "auxiliary step {}: A/|u|^2 = {}, |r|/|u| = {}",
                    number,
                    objective / uNorm / uNorm,
                    relativeResidual);
        }
    }

    private double factorGradients(List<BlockVector> gradient, double factor) {
        double sum = 0;
        for (int index = 0; index < blocks.size(); index++) {
            FishLegBlock block = blocks.get(index);
            sum += block.computeFactorGradient(
                    gradient.get(index), residualParts.get(index), factor, settings.preconditioned());
        }
        return sum;
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
