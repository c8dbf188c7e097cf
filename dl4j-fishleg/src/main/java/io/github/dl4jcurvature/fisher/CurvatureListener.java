/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Shows a network to the curvature-aware updaters that train it.
 *
 * <p>An updater of the host sees a flat gradient and nothing else. Add this listener to every network whose
 * configuration names such an updater ({@code FishLeg}):
 *
 * <pre>{@code
 * network.init();
 * network.addListeners(new CurvatureListener());
 * }</pre>
 *
 * It must be added again after {@code clone()}, after loading a model and after {@code setListeners}, which replaces
 * earlier listeners; without it the updater stops with a message that says so. It changes no number of the training by
 * itself: a network trained by one of the host's updaters gives bit-identical parameters with and without it.
 *
 * <p>One listener may serve several networks, also in several threads. If a network has several, the first one acts.
 */
public final class CurvatureListener extends BaseTrainingListener implements Serializable {
    private static final long serialVersionUID = 1L;

    private @Nullable INDArray auxiliaryInputs;
    private transient @Nullable List<Entry> entries;

    private record Entry(WeakReference<Model> model, NetworkBinding binding) {}

    /** Creates a listener that takes Fisher statistics on the inputs of the training batches. */
    public CurvatureListener() {
        // nothing to set
    }

    /**
     * Takes Fisher statistics on random rows of fixed inputs instead of the training batch, so that they are
     * independent of the gradient they are compared with. Only for networks with one input array.
     *
     * @param inputs features, shape [examples, ...], usually those of the training set; a copy is kept
     * @return this listener
     * @throws IllegalArgumentException if there is no dimension of examples
     */
    public CurvatureListener auxiliaryInputs(INDArray inputs) {
        AuxiliaryInputs.drawnFrom(inputs); // checks the shape
        this.auxiliaryInputs = inputs;
        return this;
    }

    /**
     * Records the parameter shapes in the updater configurations of a network and rebuilds an existing updater if they
     * were not recorded before. Called by the listener itself when training starts; to be called by hand only where the
     * state must have its final size earlier, as for parameter averaging.
     *
     * @param model an initialised network
     */
    public static void prepare(Model model) {
        NetworkBinding.plan(HostNetwork.of(model));
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        NetworkBinding binding = binding(model);
        if (isFirstOfItsKind(binding.network())) {
            binding.onForwardPass();
        }
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        NetworkBinding binding = binding(model);
        if (isFirstOfItsKind(binding.network())) {
            binding.onForwardPass();
        }
    }

    @Override
    public void onBackwardPass(Model model) {
        NetworkBinding binding = binding(model);
        if (isFirstOfItsKind(binding.network())) {
            binding.onBackwardPass();
        }
    }

    @Override
    public void onGradientCalculation(Model model) {
        NetworkBinding binding = binding(model);
        if (isFirstOfItsKind(binding.network())) {
            binding.onGradient(model);
        }
    }

    /** The host's clone of a graph shares the list of listeners, so that one may come to stand in it twice. */
    private boolean isFirstOfItsKind(HostNetwork network) {
        for (TrainingListener listener : network.listeners()) {
            if (listener instanceof CurvatureListener) {
                return listener == this;
            }
        }
        return true; // called by a wrapper
    }

    private synchronized NetworkBinding binding(Model model) {
        if (entries == null) {
            entries = new ArrayList<>();
        }
        for (Entry entry : entries) {
            if (entry.model().get() == model) {
                return entry.binding();
            }
        }
        entries.removeIf(entry -> entry.model().get() == null);
        NetworkBinding created = new NetworkBinding(
                HostNetwork.of(model),
                auxiliaryInputs == null
                        ? AuxiliaryInputs.fromTrainingBatch()
                        : AuxiliaryInputs.drawnFrom(auxiliaryInputs));
        entries.add(new Entry(new WeakReference<>(model), created));
        return created;
    }
}
