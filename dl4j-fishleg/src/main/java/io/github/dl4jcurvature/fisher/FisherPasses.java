/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Passes of a shadow network whose errors have the second moments of the Fisher information matrix: over all passes for
 * one batch, the products \(e_r e_r^\top\) of a row's errors with themselves add up, exactly or in expectation, to the
 * expectation of the product over the labels ({@link FisherLabels}).
 *
 * <p>The flat gradient of a pass ({@link ShadowNetwork#gradient()}) is a sum of the examples' gradients with independent
 * random signs or labels. The squares of its entries therefore add up, in expectation, to the sum over the examples of the
 * squares of their gradients, also for parameters of layers that yield no factors.
 *
 * <p>Outputs whose label mask is zero everywhere take no part. The network is never touched. Not thread-safe; not to be
 * used while an ND4J workspace is open.
 */
public final class FisherPasses {

    /** Takes the results of one pass. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called after each pass.
         *
         * @param first whether this is the first pass for the batch; inputs are the same in all
         * @param factors factors of the captured layers in network order
         * @param gradient flat gradient of the pass, shape [parameters]: a view that the next pass overwrites
         */
        void visit(boolean first, List<LayerFactors> factors, INDArray gradient);
    }

    /** Takes the factors of one pass. */
    @FunctionalInterface
    public interface FactorVisitor {
        /**
         * Called after each pass.
         *
         * @param first whether this is the first pass for the batch; inputs are the same in all
         * @param factors factors of the captured layers in network order, valid until the next pass
         */
        void visit(boolean first, List<LayerFactors> factors);
    }

    /** One pass for chosen errors. */
    private interface Pass {
        void run(boolean first, List<ErrorSource> sources);
    }

    private final OutputPasses shadow;
    private final List<OutputDistribution> distributions;
    private @Nullable List<Long> widths;

    FisherPasses(OutputPasses shadow) {
        this.shadow = shadow;
        distributions = shadow.distributions();
    }

    /**
     * Passes of a network at its present parameters.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph; not modified
     * @return the passes, for one thread
     * @throws IllegalArgumentException if an output has no supported pair of loss and activation
     */
    public static FisherPasses of(Model model) {
        return new FisherPasses(new NetworkPasses(ShadowNetwork.of(model)));
    }

    /**
     * Passes as of {@link #of} for a further thread; what that has logged about the network is not logged again.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph; not modified
     * @return the passes, for one thread
     * @throws IllegalArgumentException if an output has no supported pair of loss and activation
     */
    static FisherPasses forFurtherThread(Model model) {
        return new FisherPasses(new NetworkPasses(ShadowNetwork.withoutReport(model)));
    }

    /**
     * Names of the layers with trained parameters of which not all yield factors.
     *
     * @return names in network order
     */
    public List<String> uncapturedLayers() {
        return shadow.uncapturedLayers();
    }

    /**
     * Number of units of the outputs that a batch has labels for, which is the number of passes that exact expectations take.
     *
     * @param batch the batch; outputs whose label mask is zero do not count
     * @return the number of passes
     */
    public long outputUnits(CurvatureBatch batch) {
        List<Long> units = widths(batch);
        return IntStream.range(0, units.size())
                .filter(output -> isActive(batch, output))
                .mapToLong(units::get)
                .sum();
    }

    /**
     * Mean over the examples of a batch of the squares of their gradients, for parameters with factors.
     *
     * @param factors of one pass
     * @param batch the batch of that pass
     * @return shape [parameters], fresh; zero for parameters without factors
     */
    public INDArray meanSquares(List<LayerFactors> factors, CurvatureBatch batch) {
        return new FactorGradients(factors, shadow, batch.examples(), shadow.parameters()).meanSquares();
    }

    /**
     * Runs the passes for one batch.
     *
     * @param batch features and masks, and labels for {@link FisherLabels#EMPIRICAL}
     * @param labels which labels
     * @param sampler source of random signs and labels
     * @param visitor called after each pass; not at all if every output is masked
     * @throws IllegalArgumentException if labels are needed and missing, or would leave no error
     */
    public void run(CurvatureBatch batch, FisherLabels labels, LabelSampler sampler, Visitor visitor) {
        passes(batch, labels, sampler, (first, sources) -> {
            List<LayerFactors> factors = shadow.withErrorsFrom(batch, sources);
            visitor.visit(first, factors, shadow.gradient());
        });
    }

    /**
     * Runs the passes for one batch for the factors alone, which saves recurrent layers their gradients.
     *
     * @param batch features and masks, and labels for {@link FisherLabels#EMPIRICAL}
     * @param labels which labels
     * @param sampler source of random signs and labels
     * @param visitor called after each pass; not at all if every output is masked
     * @throws IllegalArgumentException if labels are needed and missing, or would leave no error
     */
    public void runForFactors(CurvatureBatch batch, FisherLabels labels, LabelSampler sampler, FactorVisitor visitor) {
        passes(batch, labels, sampler, (first, sources) -> visitor.visit(first, shadow.factorsFrom(batch, sources)));
    }

    private void passes(CurvatureBatch batch, FisherLabels labels, LabelSampler sampler, Pass pass) {
        switch (labels) {
            case EXACT -> runExact(batch, sampler, pass);
            case SAMPLED -> runOnce(batch, OutputErrors.sampled(distributions, sampler), pass);
            case EMPIRICAL -> {
                List<INDArray> rows = labelRows(batch);
                runOnce(batch, signed(batch, sampler, (output, mean) -> rows.get(output)), pass);
            }
            case PREDICTED -> {
                requirePredictedErrors();
                runOnce(
                        batch,
                        signed(batch, sampler, (k, mean) -> distributions.get(k).mode(mean)),
                        pass);
            }
        }
    }

    private void requirePredictedErrors() {
        for (int k = 0; k < distributions.size(); k++) {
            if (distributions.get(k) instanceof GaussianOutput) {
                throw new IllegalArgumentException(
                        "labels PREDICTED leave no error at the output '%s', whose loss is a squared error; use EXACT or SAMPLED"
                                .formatted(shadow.outputs().get(k)));
            }
        }
    }

    private void runExact(CurvatureBatch batch, LabelSampler sampler, Pass pass) {
        boolean first = true;
        List<Long> units = widths(batch);
        for (int output = 0; output < units.size(); output++) {
            for (long column = 0; column < units.get(output) && isActive(batch, output); column++) {
                pass.run(first, OutputErrors.curvatureRoot(distributions, output, column, sampler));
                first = false;
            }
        }
    }

    private void runOnce(CurvatureBatch batch, List<ErrorSource> sources, Pass pass) {
        boolean active = false;
        for (int output = 0; output < distributions.size(); output++) {
            active |= isActive(batch, output);
        }
        if (active) {
            pass.run(true, sources);
        }
    }

    private List<ErrorSource> signed(CurvatureBatch batch, LabelSampler sampler, OutputErrors.Labels chosen) {
        return OutputErrors.signed(distributions, chosen, batch.examples(), sampler);
    }

    private static boolean isActive(CurvatureBatch batch, int output) {
        INDArray mask = batch.labelMasks() == null ? null : batch.labelMasks()[output];
        return mask == null || mask.maxNumber().doubleValue() > 0;
    }

    private List<INDArray> labelRows(CurvatureBatch batch) {
        if (batch.labels() == null) {
            throw new IllegalArgumentException("the batch has no labels; pass them or use other labels than EMPIRICAL");
        }
        List<INDArray> rows = new ArrayList<>();
        for (int output = 0; output < distributions.size(); output++) {
            rows.add(shadow.labelRows(output, batch));
        }
        return rows;
    }

    private List<Long> widths(CurvatureBatch batch) {
        if (widths == null) {
            widths = shadow.preActivations(batch).stream().map(z -> z.size(1)).toList();
        }
        return widths;
    }
}
