/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports each Gauss-Newton step: rank and condition of the activations, what of the wanted change is missed, and the change
 * of the loss of the same batch against its prediction. Costs one more forward pass a step.
 *
 * <p>With {@link #adaptingDamping} it also adapts the damping of a {@link GaussNewtonLoss} after Levenberg and Marquardt:
 * gain ratios below 1/4 multiply \(\lambda\) by 3/2, those above 3/4 divide it by as much. \(\lambda\) is kept in the
 * network's configuration and goes on after saving and restoring, provided that the listener is added again.
 */
public final class GaussNewtonListener extends BaseTrainingListener {
    private static final Logger LOG = LoggerFactory.getLogger(GaussNewtonListener.class);
    private static final double FACTOR = 1.5;
    private static final double POOR = 0.25;
    private static final double GOOD = 0.75;

    private final Consumer<StepReport> reports;
    private final boolean adapting;
    private final double least;
    private final double largest;
    private @Nullable Pending pending;
    private double lossBefore;

    /** Writes reports to the log at level INFO. */
    public GaussNewtonListener() {
        this(report -> LOG.info("{}", report));
    }

    /**
     * Hands reports on.
     *
     * @param reports is given one after each iteration
     */
    public GaussNewtonListener(Consumer<StepReport> reports) {
        this(reports, false, 0, 0);
    }

    private GaussNewtonListener(Consumer<StepReport> reports, boolean adapting, double least, double largest) {
        this.reports =
                Objects.requireNonNull(reports, "reports must not be null; use the constructor without arguments");
        this.adapting = adapting;
        this.least = least;
        this.largest = largest;
    }

    /**
     * Hands reports on and adapts the damping of the residuals by the gain ratio.
     *
     * @param reports is given one after each iteration
     * @param least least \(\lambda\), positive
     * @param largest largest \(\lambda\), not below the least
     * @return a listener for a network whose loss has {@link ResidualMode#DAMPED}
     */
    public static GaussNewtonListener adaptingDamping(Consumer<StepReport> reports, double least, double largest) {
        if (!(least > 0 && largest >= least && largest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "damping must lie between a positive least and a finite largest value but these are %s and %s"
                            .formatted(least, largest));
        }
        return new GaussNewtonListener(reports, true, least, largest);
    }

    @Override
    public void onBackwardPass(Model model) { // later the host's workspaces with the activations are closed
        Layer output = output(model);
        GaussNewtonLoss loss = loss(output);
        INDArray labels = output instanceof org.deeplearning4j.nn.layers.LossLayer layer ? layer.getLabels() : null;
        INDArray outputs = output.input();
        if (labels == null || outputs == null) {
            throw new IllegalStateException(
                    "the output layer has no labels or input; train with fit(), which sets both");
        }
        double alpha = learningRate(model);
        pending = new Pending(
                batch(model, labels), predictedChange(loss, outputs, labels, alpha), loss.getDamping(), blocks(model));
    }

    @Override
    public void onGradientCalculation(Model model) {
        lossBefore = model.score();
    }

    private static Layer output(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return network.getOutputLayer();
        }
        if (model instanceof ComputationGraph graph) {
            return graph.getOutputLayer(0);
        }
        throw new IllegalStateException("model is a %s but must be a MultiLayerNetwork or a ComputationGraph"
                .formatted(model.getClass().getSimpleName()));
    }

    private GaussNewtonLoss loss(Layer output) {
        if (!(output.conf().getLayer() instanceof LossLayer layer
                && layer.getLossFn() instanceof GaussNewtonLoss loss)) {
            throw new IllegalStateException(
                    "the network does not end with a LossLayer with a GaussNewtonLoss; build it with RevMlp.builder() or remove this listener");
        }
        if (adapting && loss.getMode() != ResidualMode.DAMPED) {
            throw new IllegalStateException(
                    "residuals have mode %s, without damping to adapt; use GaussNewtonLoss.damped(loss, 0.1)"
                            .formatted(loss.getMode()));
        }
        return loss;
    }

    private static double learningRate(Model model) {
        for (Layer layer : layers(model)) {
            if (layer.conf().getLayer() instanceof ReversibleLayer reversible
                    && reversible.getIUpdater() instanceof GaussNewton updater) {
                int iteration = layer.getIterationCount();
                return updater.getLearningRate(iteration, layer.getEpochCount());
            }
        }
        throw new IllegalStateException(
                "no reversible layer has a GaussNewton updater; build the network with RevMlp.builder() or remove this listener");
    }

    private static Layer[] layers(Model model) {
        return model instanceof MultiLayerNetwork network
                ? network.getLayers()
                : ((ComputationGraph) model).getLayers();
    }

    private static List<BlockReport> blocks(Model model) {
        List<BlockReport> blocks = new ArrayList<>();
        for (Layer layer : layers(model)) {
            if (layer instanceof GaussNewtonAware aware) {
                blocks.addAll(aware.reports());
            }
        }
        return blocks;
    }

    private static DataSet batch(Model model, INDArray labels) {
        INDArray features = model instanceof MultiLayerNetwork network
                ? network.getInput()
                : ((ComputationGraph) model).getInput(0);
        return new DataSet(features.dup().detach(), labels.dup().detach());
    }

    /** In the units of the score: a mean over examples. */
    static double predictedChange(GaussNewtonLoss loss, INDArray outputs, INDArray labels, double alpha) {
        double[][] rows = outputs.toDoubleMatrix();
        double[][] targets = labels.toDoubleMatrix();
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double[] gradient = rows[i].clone();
            loss.likelihood().residual(ResidualMode.IDENTITY, 0, gradient, targets[i]);
            double[] residual = rows[i].clone();
            loss.likelihood().residual(loss.getMode(), loss.getDamping(), residual, targets[i]);
            double slope = 0;
            for (int j = 0; j < gradient.length; j++) {
                slope += gradient[j] * residual[j];
            }
            sum += -alpha * slope + alpha * alpha / 2 * loss.likelihood().curvature(rows[i], residual);
        }
        return loss.scoreFactor(labels.size(1)) * sum / rows.length;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        Pending step = pending;
        pending = null;
        if (step == null) {
            return;
        }
        double after = model instanceof MultiLayerNetwork network
                ? network.score(step.batch, true)
                : ((ComputationGraph) model).score(step.batch, true);
        StepReport report =
                new StepReport(iteration, step.blocks, lossBefore, after, step.predictedChange, step.damping);
        if (adapting) {
            adapt(loss(output(model)), report.gainRatio());
        }
        reports.accept(report);
    }

    private void adapt(GaussNewtonLoss loss, double ratio) {
        double damping = loss.getDamping();
        if (!(ratio >= POOR)) {
            damping *= FACTOR;
        } else if (ratio > GOOD) {
            damping /= FACTOR;
        }
        loss.setDamping(Math.min(Math.max(damping, least), largest));
    }

    private record Pending(DataSet batch, double predictedChange, double damping, List<BlockReport> blocks) {}
}
