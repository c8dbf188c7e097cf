/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.lang.ref.WeakReference;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;

/** The shadows of one model, rebuilt when the model gets a new parameter buffer; keeps the model itself weakly. */
final class Networks implements Shadows {
    private final WeakReference<Model> model;
    private NetworkPasses shadow;
    private @Nullable OutputPasses perturbed;

    Networks(Model model) {
        this.model = new WeakReference<>(model);
        shadow = new NetworkPasses(ShadowNetwork.of(model));
    }

    @Override
    public OutputPasses shadow() {
        Model present = model();
        if (!shadow.shadow().sharesParametersWith(present)) {
            shadow = new NetworkPasses(ShadowNetwork.of(present));
            perturbed = null;
        }
        return shadow;
    }

    @Override
    public OutputPasses perturbed() {
        if (perturbed == null) {
            perturbed = new NetworkPasses(ShadowNetwork.withOwnParameters(model()));
        }
        return perturbed;
    }

    private Model model() {
        Model present = model.get();
        if (present == null) {
            throw new IllegalStateException("the model has been garbage-collected; keep a reference to it");
        }
        return present;
    }
}
